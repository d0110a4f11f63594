/*
 * What an object unpacks to stands in its head, and in a pack stands whatever it is a delta of.  So
 * when no object of a pack is too large, none can become so on the way to another, and those who
 * read our repository in the life of the agent need no limits of their own.
 */
#include "desired-state/fetch-work.h"

#include <inttypes.h>
#include <string.h>

enum { BYTES_A_MIB = 1 << 20 };

/* Folders and commits are taken apart into something larger than they are. */
static const size_t file_bytes_limit = 64 * (size_t)BYTES_A_MIB,
                    other_bytes_limit = 16 * (size_t)BYTES_A_MIB;

struct checking {
    git_odb *pack;
    git_oid id; /* the first that is too large */
    size_t bytes, limit;
};

static int
check_object(const git_oid *id, void *payload)
{
    struct checking *checking = payload;
    git_object_t kind;
    int failed = git_odb_read_header(&checking->bytes, &kind, checking->pack, id);
    if (failed != 0) {
        return failed;
    }
    git_oid_cpy(&checking->id, id);
    checking->limit = kind == GIT_OBJECT_BLOB ? file_bytes_limit : other_bytes_limit;
    return checking->bytes > checking->limit ? GIT_EUSER : 0;
}

static enum pk_code
check_pack(struct pk_fetch *fetch, const char *name, struct pk_error *err)
{
    struct checking checking = {0};
    char id[PK_COMMIT_TEXT_BYTES];
    int failed = pk_fetch_open_pack(fetch, name, &checking.pack);
    if (failed == 0) {
        failed = git_odb_foreach(checking.pack, check_object, &checking);
    }
    git_odb_free(checking.pack);
    if (failed == GIT_EUSER) {
        return pk_error_set(err, PK_EINVAL, fetch->source.address,
                            "the fetch was stopped: object %s has %zu bytes, the limit is %zu; "
                            "keep the desired state in a repository of its own",
                            git_oid_tostr(id, sizeof id, &checking.id), checking.bytes,
                            checking.limit);
    }
    return failed == 0 ? PK_OK : pk_git_damaged(err, fetch->bare, "what was fetched");
}

static bool
is_known(const struct pk_fetch_packs *known, const char *name)
{
    for (size_t i = 0; i < known->list.count; i++) {
        if (strcmp(known->list.at[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

enum pk_code
pk_fetch_check_objects(struct pk_fetch *fetch, const struct pk_fetch_packs *known,
                       struct pk_error *err)
{
    struct pk_fetch_packs packs = {0};
    enum pk_code code = PK_OK;
    pk_fetch_list_packs(fetch, &packs);
    for (size_t i = 0; i < packs.list.count && code == PK_OK; i++) {
        const char *name = packs.list.at[i].name;
        code = is_known(known, name) ? PK_OK : check_pack(fetch, name, err);
        if (code == PK_EINVAL) {
            pk_fetch_remove_pack(fetch, name);
        }
    }
    return code;
}
