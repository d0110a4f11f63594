/*
 * A copy that is damaged is fetched anew, beside it, and takes over what arrived once that is
 * whole.  Until then nothing of the old one goes; and its packs that can be read stay, because the
 * revision in force may be one that its branch has left, which no fetch brings back.
 *
 * Killed anywhere, it leaves a copy that is no more damaged than it was.
 */
#include "desired-state/fetch-work.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 16 };

static const char fresh_folder[] = "afresh";

static int
remove_entry(const char *path, const struct stat *about, int kind, struct FTW *position)
{
    (void)about;
    (void)kind;
    (void)position;
    remove(path); /* what stays is in the way of the rename that follows, which says so */
    return 0;
}

static void
remove_folder(const char *path)
{
    nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

void
pk_fetch_remove_fresh(const struct pk_fetch *fetch)
{
    remove_folder(pk_sprintf(fetch->pool, "%s/%s", fetch->bare, fresh_folder));
}

void
pk_fetch_begin_afresh(struct pk_fetch *fetch)
{
    fetch->damaged = fetch->bare;
    fetch->bare = pk_sprintf(fetch->pool, "%s/%s", fetch->damaged, fresh_folder);
}

static int
read_object(const git_oid *id, void *payload)
{
    git_odb_object *object = NULL;
    int failed = git_odb_read(&object, payload, id);
    git_odb_object_free(object);
    return failed;
}

static bool
is_readable(const struct pk_fetch *fetch, const char *name)
{
    git_odb *pack = NULL;
    bool readable = pk_fetch_open_pack(fetch, name, &pack) == 0 &&
                    git_odb_foreach(pack, read_object, pack) == 0;
    git_odb_free(pack);
    return readable;
}

/* Loose objects are no work of ours: whatever they hold stands in the way of what is in packs. */
static void
remove_unreadable(const struct pk_fetch *old)
{
    enum { LOOSE_FOLDERS = 256 };
    struct pk_fetch_packs packs = {0};
    pk_fetch_list_packs(old, &packs);
    for (size_t i = 0; i < packs.list.count; i++) {
        if (!is_readable(old, packs.list.at[i].name)) {
            pk_fetch_remove_pack(old, packs.list.at[i].name);
        }
    }
    for (unsigned i = 0; i < LOOSE_FOLDERS; i++) {
        remove_folder(pk_sprintf(old->pool, "%s/objects/%02x", old->bare, i));
    }
}

static bool
move(const struct pk_fetch *fetch, const char *entry)
{
    const char *to = pk_sprintf(fetch->pool, "%s/%s", fetch->damaged, entry);
    return rename(pk_sprintf(fetch->pool, "%s/%s", fetch->bare, entry), to) == 0;
}

/* A pack goes before its index, by which it is found. */
static bool
move_packs(struct pk_fetch *fetch)
{
    struct pk_fetch_packs packs = {0};
    bool moved = true;
    mkdir(pk_sprintf(fetch->pool, "%s/objects", fetch->damaged), S_IRWXU);
    mkdir(pk_sprintf(fetch->pool, "%s/objects/pack", fetch->damaged), S_IRWXU);
    pk_fetch_list_packs(fetch, &packs);
    for (size_t i = 0; i < packs.list.count && moved; i++) {
        const char *name = packs.list.at[i].name;
        moved = move(fetch, pk_sprintf(fetch->pool, "objects/pack/%s.pack", name)) &&
                move(fetch, pk_sprintf(fetch->pool, "objects/pack/%s.idx", name));
    }
    return moved;
}

enum pk_code
pk_fetch_take_over(struct pk_fetch *fetch, struct pk_error *err)
{
    const struct pk_fetch old = {.pool = fetch->pool, .bare = fetch->damaged};
    bool done = move_packs(fetch);
    int reason = errno;
    if (done) {
        remove_unreadable(&old);
        remove_folder(pk_sprintf(fetch->pool, "%s/refs", old.bare));
        unlink(pk_sprintf(fetch->pool, "%s/packed-refs", old.bare));
        done = move(fetch, "refs") && move(fetch, "config") && move(fetch, "HEAD");
        reason = errno;
    }
    pk_fetch_remove_fresh(&old);
    return done ? PK_OK
                : pk_error_set(err, PK_ESYS, old.bare,
                               "the damaged copy of the repository cannot be replaced: %s; see "
                               "whether the folder may be written and the disk has room",
                               strerror(reason));
}
