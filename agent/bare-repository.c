/*
 * A dry run must leave no trace, so it only shares the agent's repository when that is there and
 * may be written; otherwise it pays for a fetch into a folder that is gone afterwards.
 */
#include "agent/bare-repository.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 16 };

enum pk_code
pk_bare_repository_open(struct pk_pool *pool, const char *database, bool private,
                        struct pk_bare_repository *out, struct pk_error *err)
{
    const char *shared = pk_sprintf(pool, "%s.git", database);
    bool usable = access(shared, W_OK) == 0 || (errno == ENOENT && access(database, W_OK) == 0);
    if (!private && usable) {
        *out = (struct pk_bare_repository){.path = shared};
        return PK_OK;
    }
    const char *folder = getenv("TMPDIR");
    char *template = pk_sprintf(pool, "%s/pairkeeper-XXXXXX",
                                folder != NULL && *folder != '\0' ? folder : "/tmp");
    if (mkdtemp(template) == NULL) {
        return pk_error_set(
            err, PK_ESYS, template,
            "no temporary folder for Git objects: %s; set TMPDIR to one that can be "
            "written",
            strerror(errno));
    }
    *out = (struct pk_bare_repository){.path = template, .is_temporary = true};
    return PK_OK;
}

static int
remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

void
pk_bare_repository_close(struct pk_bare_repository *bare)
{
    if (bare->is_temporary && bare->path != NULL) {
        nftw(bare->path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
        bare->path = NULL;
    }
}
