/*
 * Whether a server has changed its mind can only be found out by asking it.  So a refusal does not
 * wait for ever, as that of a scope does: a wrong password four times an hour locks no account, and
 * a forge that refuses during its maintenance is followed again by itself.
 *
 * Of files with secrets only size, place and time go into the digest: a hash of a password in the
 * database could be guessed at.
 */
#include "agent/fetch-pace.h"

#include <string.h>
#include <sys/stat.h>

#include "base/sha256.h"
#include "base/text.h"
#include "reconcilers/backoff.h"

/* The retry of no relationship is the repository's, as in revisions and conditions. */
static const char repository_name[] = "";

static void
add_text(struct pk_text *text, const char *more)
{
    pk_text_addf(text, "%s\n", more != NULL ? more : "");
}

static void
add_file(struct pk_text *text, const char *path)
{
    struct stat what;
    add_text(text, path);
    if (path != NULL && stat(path, &what) == 0) {
        pk_text_addf(text, "%lld %lld %lld.%09ld\n", (long long)what.st_ino,
                     (long long)what.st_size, (long long)what.st_mtim.tv_sec, what.st_mtim.tv_nsec);
    }
}

static const char *
place_of(struct pk_pool *pool, const struct pk_repository_config *repository)
{
    struct pk_text text = {.pool = pool};
    const struct pk_repository_credential *credential = repository->credential;
    add_text(&text, repository->url);
    add_text(&text, repository->branch);
    add_file(&text, repository->ca);
    if (credential != NULL) {
        add_text(&text, credential->username);
        add_file(&text, credential->password_file);
        add_file(&text, credential->ssh_key_file);
        for (size_t i = 0; i < credential->host_key_count; i++) {
            add_text(&text, credential->host_keys[i]);
        }
    }
    struct pk_sha256 hash = pk_sha256_of(pk_text_end(&text), text.count);
    return pk_sha256_text(pool, &hash);
}

enum pk_code
pk_fetch_pace_load(struct pk_pool *pool, struct pk_db *db,
                   const struct pk_repository_config *repository, struct pk_fetch_pace *out,
                   struct pk_error *err)
{
    struct pk_retry *retries;
    size_t count;
    *out = (struct pk_fetch_pace){.place = place_of(pool, repository)};
    enum pk_code code = pk_retries_load(db, pool, &retries, &count, err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        if (strcmp(retries[i].relationship, repository_name) == 0) {
            out->before = &retries[i];
        }
    }
    return code;
}

bool
pk_fetch_pace_holds(const struct pk_fetch_pace *pace, struct pk_wall now)
{
    return pk_backoff_holds(pace->before, pace->place, now);
}

static bool
is_refusal(enum pk_code code)
{
    return code == PK_EACCESS || code == PK_EREFUSED || code == PK_EINVAL;
}

void
pk_fetch_pace_record(struct pk_txn *txn, const struct pk_fetch_pace *pace, enum pk_code code,
                     bool paced, struct pk_wall now, uint64_t random)
{
    if (code == PK_OK || code == PK_ENOENT) {
        if (pace->before != NULL) {
            pk_retry_delete(txn, repository_name);
        }
        return;
    }
    struct pk_retry retry = pk_backoff_failed(paced ? pace->before : NULL, repository_name,
                                              pace->place, false, now, random);
    if (is_refusal(code)) {
        retry.next = retry.quiet_since = (struct pk_wall){now.ms + PK_BACKOFF_CAP_MS};
    }
    pk_retry_put(txn, &retry);
}
