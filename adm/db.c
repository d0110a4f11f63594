/*
 * Opening is the careful part: what is in the file is judged before anything is changed in it, so a
 * wrong path, another program's database or a newer pairkeeper's is left exactly as it was.
 *
 * One connection writes and checkpoints; readers never do (with two, SQLite before 3.51.3 can lose
 * a reset WAL).  The WAL stays beside the file after closing, so a reader finds what it needs and
 * has nothing to create.
 */
#include "adm/db.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "adm/db-file.h"
#include "adm/query.h"

extern const char pk_migration_0001[];
extern const char pk_migration_0002[];
extern const char pk_migration_0003[];
extern const char pk_migration_0004[];
extern const char pk_migration_0005[];
extern const char pk_migration_0006[];

/* Migration i leads to version i + 1. */
static const char *const migrations[] = {pk_migration_0001, pk_migration_0002, pk_migration_0003,
                                         pk_migration_0004, pk_migration_0005, pk_migration_0006};

enum {
    NEWEST_VERSION = sizeof migrations / sizeof migrations[0],
    APPLICATION_ID = 0x506b7072, /* "Pkpr" */
    BUSY_TIMEOUT_MS = 5000,
};

static bool
is_damage(const struct pk_db *db)
{
    int code = sqlite3_errcode(db->handle);
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/* First column of the first row of @p sql; -1 after a failure, which the handle remembers. */
static int64_t
ask_number(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t number = -1;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        number = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return number;
}

/* What stands in the file, as far as opening has to tell it apart. */
enum content {
    EMPTY,
    OURS,
    FOREIGN,
    OTHER_VERSION,
    DAMAGED,
    DAMAGED_UNKNOWN,
    UNREADABLE,
    LOST,    /* empty, and embedded servers lived in it                                */
    STRANGE, /* empty, and not by us: a restore that failed, where servers should live */
};

struct judgement {
    enum content content;
    int64_t version;
};

/* What is known before the file is looked into. */
struct before {
    struct pk_db_past past;
    bool embedded, existed;
};

/* A check that could not be made says nothing about the file: only its own verdict counts. */
static enum content
check_pages(struct pk_db *db)
{
    sqlite3_stmt *stmt = NULL;
    enum content content = UNREADABLE;
    if (sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        content = strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0 ? OURS : DAMAGED;
    } else if (is_damage(db)) {
        content = DAMAGED;
    }
    sqlite3_finalize(stmt);
    return content;
}

/* An empty file of our own making is a first run that was killed: that one goes on. */
static enum content
judge_empty(const struct before *before)
{
    if (before->embedded && before->past.made) {
        return LOST;
    }
    return before->embedded && before->existed && !before->past.known ? STRANGE : EMPTY;
}

static struct judgement
judge(struct pk_db *db, const struct before *before)
{
    int64_t objects = ask_number(db, "SELECT count(*) FROM sqlite_schema");
    if (objects < 0 && !is_damage(db)) {
        return (struct judgement){UNREADABLE, 0};
    }
    int64_t application = ask_number(db, "PRAGMA application_id");
    int64_t version = ask_number(db, "PRAGMA user_version");
    enum content content = OURS;
    if (objects < 0) {
        content = before->past.known || application == APPLICATION_ID ? DAMAGED : DAMAGED_UNKNOWN;
    } else if (application < 0 || version < 0) {
        content = UNREADABLE;
    } else if (objects == 0 && application == 0 && version == 0) {
        content = judge_empty(before);
    } else if (application != APPLICATION_ID) {
        content = FOREIGN;
    } else if (version > NEWEST_VERSION || (version < NEWEST_VERSION && db->mode == PK_DB_READ)) {
        content = OTHER_VERSION;
    } else if (db->mode == PK_DB_WRITE) {
        content = check_pages(db);
    }
    return (struct judgement){content, version};
}

static enum pk_code
refuse_version(const struct pk_db *db, int64_t version, struct pk_error *err)
{
    if (version > NEWEST_VERSION) {
        return pk_error_set(err, PK_EINVAL, db->path,
                            "was written by a newer pairkeeper (tables of version %lld, this "
                            "program knows %d): upgrade pairkeeper",
                            (long long)version, NEWEST_VERSION);
    }
    return pk_error_set(err, PK_EINVAL, db->path,
                        "was written by an older pairkeeper (tables of version %lld, this program "
                        "wants %d): run `pairkeeper apply` once",
                        (long long)version, NEWEST_VERSION);
}

static enum pk_code
refuse_damaged(const struct pk_db *db, bool embedded, struct pk_error *err)
{
    if (!embedded) {
        return pk_error_set(err, PK_ESYS, db->path,
                            "is damaged: restore a copy, or let `pairkeeper apply` set it aside");
    }
    return pk_error_set(err, PK_ESYS, db->path,
                        "is damaged and was left as it is, because embedded servers may live in "
                        "it: restore a copy, or move it and %s.lock away to begin with empty "
                        "servers",
                        db->path);
}

static enum pk_code
refuse_lost(const struct pk_db *db, bool exists, struct pk_error *err)
{
    return pk_error_set(err, PK_ESYS, db->path,
                        "is %s, and embedded servers lived in it: restore a copy, or remove %s"
                        "%s.lock to begin with empty servers",
                        exists ? "empty" : "gone", exists ? "it and " : "", db->path);
}

static enum pk_code
refuse(const struct pk_db *db, struct judgement judgement, bool embedded, struct pk_error *err)
{
    switch (judgement.content) {
    case OTHER_VERSION:
        return refuse_version(db, judgement.version, err);
    case FOREIGN:
    case DAMAGED_UNKNOWN:
        return pk_error_set(err, PK_EINVAL, db->path,
                            "is not a pairkeeper database: name another path as `database`");
    case DAMAGED:
        return refuse_damaged(db, embedded, err);
    case LOST:
        return refuse_lost(db, true, err);
    case STRANGE:
        return pk_error_set(err, PK_ESYS, db->path,
                            "is an empty file that pairkeeper did not make, and embedded servers "
                            "should live in it: restore a copy, or remove it to begin with empty "
                            "servers");
    case EMPTY:
        return pk_error_set(err, PK_ENOENT, db->path,
                            "holds no tables yet: `pairkeeper apply` makes them");
    case OURS:
    case UNREADABLE:
        break;
    }
    return pk_db_failure(db, "reading", err);
}

static enum pk_code
connect_file(struct pk_db *db, struct pk_error *err)
{
    int access = db->mode == PK_DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    if (sqlite3_open_v2(db->path, &db->handle, flags, NULL) != SQLITE_OK) {
        return pk_db_failure(db, "opening", err);
    }
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
    return pk_db_exec(db,
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                      "PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON",
                      err);
}

static void
disconnect(struct pk_db *db)
{
    for (size_t i = 0; i < PK_SQL_COUNT; i++) {
        sqlite3_finalize(db->prepared[i]);
        db->prepared[i] = NULL;
    }
    sqlite3_close(db->handle);
    db->handle = NULL;
}

static enum pk_code
migrate(struct pk_db *db, int64_t version, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    for (int64_t next = version; next < NEWEST_VERSION; next++) {
        const char *marks =
            pk_sprintf(scratch, "PRAGMA user_version = %lld; PRAGMA application_id = %d; COMMIT",
                       (long long)next + 1, APPLICATION_ID);
        if (pk_db_exec(db, "BEGIN IMMEDIATE", err) != PK_OK ||
            pk_db_exec(db, migrations[next], err) != PK_OK || pk_db_exec(db, marks, err) != PK_OK) {
            pk_error_prefix(err, "cannot bring the tables to version %lld", (long long)next + 1);
            sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
            return PK_ESYS;
        }
    }
    return PK_OK;
}

static enum pk_code
open_reader(struct pk_db *db, bool embedded, struct pk_error *err)
{
    struct before before = {.embedded = embedded};
    pk_db_past_read(db->path, &before.past);
    before.existed = pk_db_file_identity(db->path, &db->identity);
    if (!before.existed && embedded && before.past.made) {
        return refuse_lost(db, false, err);
    }
    enum pk_code code = pk_db_file_readable(db->path, err);
    if (code != PK_OK || (code = connect_file(db, err)) != PK_OK) {
        return code;
    }
    struct judgement judgement = judge(db, &before);
    if (judgement.content != OURS) {
        return refuse(db, judgement, embedded, err);
    }
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    return pk_db_exec(db, "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0", err);
}

static enum pk_code
replace_damaged(struct pk_db *db, struct pk_error *err)
{
    disconnect(db);
    enum pk_code code = pk_db_file_set_aside(db->path, err);
    if (code == PK_OK) {
        code = pk_db_file_create(db->path, err);
    }
    return code == PK_OK ? connect_file(db, err) : code;
}

static enum pk_code
open_writer(struct pk_db *db, bool embedded, struct pk_error *err)
{
    struct before before = {.embedded = embedded};
    enum pk_code code = pk_db_lock(db->path, &db->lock, &before.past, err);
    if (code != PK_OK) {
        return code;
    }
    before.existed = pk_db_file_identity(db->path, &db->identity);
    if (!before.existed && embedded && before.past.made) {
        return refuse_lost(db, false, err);
    }
    if ((code = pk_db_file_create(db->path, err)) != PK_OK ||
        (code = connect_file(db, err)) != PK_OK) {
        return code;
    }
    struct judgement judgement = judge(db, &before);
    if (judgement.content == DAMAGED && !embedded) {
        code = replace_damaged(db, err);
        judgement = (struct judgement){EMPTY, 0};
    }
    if (judgement.content != EMPTY && judgement.content != OURS) {
        pk_db_lock_forget(db->lock, &before.past);
        return refuse(db, judgement, embedded, err);
    }
    int persist = 1;
    if (code == PK_OK) {
        sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
        code = pk_db_exec(db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA journal_size_limit = 1048576",
                          err);
    }
    if (code == PK_OK) {
        code = migrate(db, judgement.version, err);
    }
    if (code == PK_OK && !before.past.made) {
        code = pk_db_lock_made(db->lock, db->path, err);
    }
    return code;
}

static enum pk_code
open_mode(struct pk_db *db, bool embedded, struct pk_error *err)
{
    return db->mode == PK_DB_WRITE ? open_writer(db, embedded, err)
                                   : open_reader(db, embedded, err);
}

enum pk_code
pk_db_open(const char *path, enum pk_db_mode mode, bool embedded, struct pk_db **out,
           struct pk_error *err)
{
    char *resolved = NULL;
    enum pk_code code = pk_db_file_resolve(path, &resolved, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_db *db = calloc(1, sizeof *db);
    if (db == NULL) {
        pk_out_of_memory();
    }
    *db = (struct pk_db){.mode = mode, .lock = -1, .path = resolved};
    code = open_mode(db, embedded, err);
    if (code == PK_OK && !pk_db_file_identity(db->path, &db->identity)) {
        code = pk_db_present(db, err);
    }
    if (code != PK_OK) {
        pk_db_close(db);
        return code;
    }
    *out = db;
    return PK_OK;
}

void
pk_db_close(struct pk_db *db)
{
    if (db == NULL) {
        return;
    }
    disconnect(db);
    if (db->lock >= 0) {
        close(db->lock);
    }
    free(db->path);
    free(db);
}

void
pk_db_release(struct pk_db **db)
{
    pk_db_close(*db);
    *db = NULL;
}

const char *
pk_db_path(const struct pk_db *db)
{
    return db->path;
}

enum pk_code
pk_db_present(const struct pk_db *db, struct pk_error *err)
{
    struct pk_db_identity now;
    if (pk_db_file_identity(db->path, &now) && now.device == db->identity.device &&
        now.inode == db->identity.inode) {
        return PK_OK;
    }
    return pk_error_set(err, PK_ESYS, db->path,
                        "was removed or replaced while it was open: nothing more is written; put "
                        "the file back, then start pairkeeper again");
}

int64_t
pk_db_changes(const struct pk_db *db)
{
    return sqlite3_total_changes64(db->handle);
}
