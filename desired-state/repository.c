/*
 * Questions about commits that were fetched.  A name is looked up as a branch and then as a commit
 * id and as nothing else: the library's own language for revisions reads much more than people
 * mean.
 */
#include "desired-state/repository.h"

#include <string.h>

#include "base/nearest.h"
#include "desired-state/git.h"

enum { SHORT_ID_DIGITS = 8 };

static bool
is_commit_id(const char *revision)
{
    size_t length = strlen(revision);
    return length >= SHORT_ID_DIGITS && length < PK_COMMIT_TEXT_BYTES &&
           strspn(revision, "0123456789abcdefABCDEF") == length;
}

struct offers {
    struct pk_nearest nearest;
    struct pk_pool *pool;
};

static int
offer_branch(const char *reference, void *payload)
{
    struct offers *offers = payload;
    const size_t prefix = sizeof PK_GIT_OUR_REFS - 1;
    if (strncmp(reference, PK_GIT_OUR_REFS, prefix) == 0) {
        pk_nearest_offer(&offers->nearest, pk_strdup(offers->pool, reference + prefix));
    }
    return 0;
}

static enum pk_code
no_such_revision(const struct pk_git *git, const char *revision, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct offers offers = {.nearest = {.wanted = revision}, .pool = pool};
    git_reference_foreach_name(git->repository, offer_branch, &offers);
    if (offers.nearest.best != NULL) {
        return pk_error_set(err, PK_ENOENT, revision,
                            "no branch or commit of this name was fetched; did you mean '%s'?",
                            offers.nearest.best);
    }
    return pk_error_set(err, PK_ENOENT, revision,
                        "no branch or commit of this name was fetched; write the branch, or at "
                        "least %d digits of a commit that is on it",
                        SHORT_ID_DIGITS);
}

enum pk_code
pk_repository_resolve(const struct pk_repository_config *config, const char *revision,
                      char commit[PK_COMMIT_TEXT_BYTES], struct pk_error *err)
{
    PK_SCRATCH(pool);
    PK_CLEANUP(pk_git_close) struct pk_git git = {0};
    enum pk_code code = pk_git_open(&git, config->bare, err);
    if (code != PK_OK) {
        return code;
    }
    git_oid id;
    const char *reference = pk_sprintf(pool, PK_GIT_OUR_REFS "%s", revision);
    if (git_reference_name_to_id(&id, git.repository, reference) == 0) {
        git_oid_tostr(commit, PK_COMMIT_TEXT_BYTES, &id);
        return PK_OK;
    }
    if (!is_commit_id(revision) || git_oid_fromstrn(&id, revision, strlen(revision)) != 0) {
        return no_such_revision(&git, revision, err);
    }
    PK_CLEANUP(pk_git_commit_release) git_commit *found = NULL;
    switch (git_commit_lookup_prefix(&found, git.repository, &id, strlen(revision))) {
    case 0:
        git_oid_tostr(commit, PK_COMMIT_TEXT_BYTES, git_commit_id(found));
        return PK_OK;
    case GIT_EAMBIGUOUS:
        return pk_error_set(err, PK_EINVAL, revision,
                            "several commits begin like this; write more digits");
    default:
        return no_such_revision(&git, revision, err);
    }
}

static enum pk_code
read_id(const char *commit, git_oid *id, struct pk_error *err)
{
    return strlen(commit) == PK_COMMIT_TEXT_BYTES - 1 && git_oid_fromstr(id, commit) == 0
               ? PK_OK
               : pk_error_set(err, PK_EINVAL, commit,
                              "this is no commit; write its 40 hexadecimal digits");
}

enum pk_code
pk_repository_descends(const struct pk_repository_config *config, const char *commit,
                       const char *ancestor, struct pk_error *err)
{
    PK_CLEANUP(pk_git_close) struct pk_git git = {0};
    git_oid tip, wanted;
    enum pk_code code;
    if ((code = pk_git_open(&git, config->bare, err)) != PK_OK ||
        (code = read_id(commit, &tip, err)) != PK_OK ||
        (code = read_id(ancestor, &wanted, err)) != PK_OK) {
        return code;
    }
    int found = pk_git_find(git.repository, &tip, &wanted);
    if (found < 0) {
        return pk_git_damaged(err, config->bare, "the history cannot be read");
    }
    return found > 0
               ? PK_OK
               : pk_error_set(err, PK_ENOENT, commit,
                              "this commit does not descend from %.8s; was the branch rewound "
                              "or replaced?",
                              ancestor);
}
