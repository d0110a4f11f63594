/*
 * Every fetch leaves a pack, and each pack is one more place to look for an object.  So when there
 * are many, the small ones become one: taking them up to the first that is larger than all taken
 * together keeps both their number and the work logarithmic, however long the agent runs.
 *
 * Objects are taken as they are, whether a branch leads to them or not: the revision in force may
 * be one that its branch has left.
 */
#include "desired-state/fetch-work.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2/odb_backend.h>

enum { PACKS_MANY = 32 };

static const char index_ending[] = ".idx";

static const char *
path_of(const struct pk_fetch *fetch, const char *name, const char *ending)
{
    return pk_sprintf(fetch->pool, "%s/objects/pack/%s%s", fetch->bare, name, ending);
}

static int
compare_packs(const void *a, const void *b)
{
    const struct pk_fetch_pack *first = a, *second = b;
    return first->bytes != second->bytes ? (first->bytes < second->bytes ? -1 : 1)
                                         : strcmp(first->name, second->name);
}

/* An index without its pack is what a killed predecessor left of a removal; one whose pack cannot
 * be looked at just now is not. */
void
pk_fetch_list_packs(const struct pk_fetch *fetch, struct pk_fetch_packs *out)
{
    DIR *folder = opendir(path_of(fetch, "", ""));
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        size_t length = strlen(entry->d_name), ending = sizeof index_ending - 1;
        if (length <= ending || strcmp(entry->d_name + length - ending, index_ending) != 0) {
            continue;
        }
        struct stat about;
        const char *name = pk_strndup(fetch->pool, entry->d_name, length - ending);
        if (stat(path_of(fetch, name, ".pack"), &about) == 0) {
            *pk_push(fetch->pool, &out->list) = (struct pk_fetch_pack){name, about.st_size};
        } else if (errno == ENOENT) {
            unlink(path_of(fetch, name, index_ending));
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    if (out->list.count > 1) {
        qsort(out->list.at, out->list.count, sizeof *out->list.at, compare_packs);
    }
}

/* How many of the smallest to merge; 0 = none. */
static size_t
count_to_merge(const struct pk_fetch_packs *packs)
{
    size_t count = 0;
    off_t together = 0;
    if (packs->list.count < PACKS_MANY) {
        return 0;
    }
    while (count < packs->list.count &&
           (count < PACKS_MANY / 2 || packs->list.at[count].bytes <= together)) {
        together += packs->list.at[count].bytes;
        count++;
    }
    return count;
}

static int
add_object(const git_oid *id, void *payload)
{
    return git_packbuilder_insert(payload, id, NULL);
}

int
pk_fetch_open_pack(const struct pk_fetch *fetch, const char *name, git_odb **out)
{
    git_odb_backend *backend = NULL;
    int failed = git_odb_new(out);
    if (failed == 0 &&
        (failed = git_odb_backend_one_pack(&backend, path_of(fetch, name, index_ending))) == 0) {
        failed = git_odb_add_backend(*out, backend, 1);
    }
    return failed;
}

static int
add_pack(const struct pk_fetch *fetch, const char *name, git_packbuilder *builder)
{
    git_odb *odb = NULL;
    int failed = pk_fetch_open_pack(fetch, name, &odb);
    if (failed == 0) {
        failed = git_odb_foreach(odb, add_object, builder);
    }
    git_odb_free(odb);
    return failed;
}

static void
release_builder(git_packbuilder **builder)
{
    git_packbuilder_free(*builder);
}

/* The pack goes before its index, so what is left of a killed removal is seen and removed. */
void
pk_fetch_remove_pack(const struct pk_fetch *fetch, const char *name)
{
    unlink(path_of(fetch, name, ".pack"));
    unlink(path_of(fetch, name, index_ending));
}

/* The merged pack under its name, or NULL: nothing has changed then. */
static const char *
merge(const struct pk_fetch *fetch, const struct pk_fetch_pack *packs, size_t count)
{
    PK_CLEANUP(release_builder) git_packbuilder *builder = NULL;
    int failed = git_packbuilder_new(&builder, fetch->git.repository);
    for (size_t i = 0; i < count && failed == 0; i++) {
        failed = add_pack(fetch, packs[i].name, builder);
    }
    if (failed == 0) {
        failed = git_packbuilder_write(builder, NULL, 0, NULL, NULL);
    }
    return failed == 0 ? pk_sprintf(fetch->pool, "pack-%s", git_packbuilder_name(builder)) : NULL;
}

void
pk_fetch_merge_packs(struct pk_fetch *fetch)
{
    struct pk_fetch_packs packs = {0};
    pk_fetch_list_packs(fetch, &packs);
    if (packs.list.at == NULL) {
        return;
    }
    size_t count = count_to_merge(&packs);
    const char *merged = count > 0 ? merge(fetch, packs.list.at, count) : NULL;
    for (size_t i = 0; merged != NULL && i < count; i++) {
        if (strcmp(packs.list.at[i].name, merged) != 0) {
            pk_fetch_remove_pack(fetch, packs.list.at[i].name);
        }
    }
}
