/* The least any pass can cost: libgit2 started, the repository and the database opened. */
#include <stdio.h>

#include <git2.h>
#include <sqlite3.h>

int
main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: floor-start REPOSITORY DATABASE\n");
        return 64;
    }
    git_repository *repository;
    git_oid tip;
    sqlite3 *database;
    if (git_libgit2_init() < 0 || git_repository_open_bare(&repository, argv[1]) != 0 ||
        git_reference_name_to_id(&tip, repository, "refs/heads/main") != 0) {
        fprintf(stderr, "floor-start: %s does not open\n", argv[1]);
        return 1;
    }
    if (sqlite3_open_v2(argv[2], &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_exec(database, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) !=
            SQLITE_OK) {
        fprintf(stderr, "floor-start: %s does not open\n", argv[2]);
        return 1;
    }
    sqlite3_close(database);
    git_repository_free(repository);
    git_libgit2_shutdown();
    return 0;
}
