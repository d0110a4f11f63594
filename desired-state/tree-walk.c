/*
 * Reads a commit without a working tree: entries of tree objects, then blobs, nothing else of the
 * library.  A missing or garbled object is an error of the whole, so what cannot be read never
 * looks absent.
 */
#include <string.h>

#include "desired-state/git.h"
#include "desired-state/source-files.h"

struct walk {
    struct pk_source_files files;
    struct pk_git git;
    const char *bare, *commit;
    bool stopped;
};

static void
walk_done(struct walk *walk)
{
    pk_git_close(&walk->git);
}

static void
entry_release(git_tree_entry **entry)
{
    git_tree_entry_free(*entry);
}

static enum pk_entry_kind
kind_of(const git_tree_entry *entry)
{
    switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_TREE:
        return PK_ENTRY_FOLDER;
    case GIT_FILEMODE_BLOB:
    case GIT_FILEMODE_BLOB_EXECUTABLE:
        return PK_ENTRY_FILE;
    case GIT_FILEMODE_LINK:
        return PK_ENTRY_LINK;
    case GIT_FILEMODE_COMMIT:
        return PK_ENTRY_SUBMODULE;
    case GIT_FILEMODE_UNREADABLE:
        break;
    }
    return PK_ENTRY_OTHER;
}

static enum pk_code
read_blob(struct walk *walk, const git_oid *id, const char *path, struct pk_error *err)
{
    size_t size;
    git_object_t type;
    if (git_odb_read_header(&size, &type, walk->git.odb, id) != 0) {
        return pk_git_damaged(err, walk->bare, path);
    }
    if (type != GIT_OBJECT_BLOB) { /* no copy is damaged: the tree says so of another object */
        pk_source_not_a_file(walk->files.diagnostics, path, PK_ENTRY_OTHER);
        return PK_OK;
    }
    enum pk_entry_use use = pk_source_admit(&walk->files, path, size);
    if (use != PK_ENTRY_READ) {
        walk->stopped = use == PK_ENTRY_STOP;
        return PK_OK;
    }
    git_odb_object *object;
    if (git_odb_read(&object, walk->git.odb, id) != 0) {
        return pk_git_damaged(err, walk->bare, path);
    }
    struct pk_pool *pool = walk->files.pool;
    char *id_text = pk_alloc(pool, PK_COMMIT_TEXT_BYTES);
    *pk_push(pool, &walk->files.list) = (struct pk_source_file){
        .path = pk_strdup(pool, path),
        .object_id = git_oid_tostr(id_text, PK_COMMIT_TEXT_BYTES, id),
        .bytes = pk_strndup(pool, git_odb_object_data(object), git_odb_object_size(object)),
        .size = git_odb_object_size(object),
    };
    git_odb_object_free(object);
    return PK_OK;
}

static enum pk_code walk_tree(struct walk *walk, const git_oid *id, const char *folder,
                              unsigned depth, struct pk_error *err);

/* @p work  holds paths while their folder is walked: a hostile tree has millions of entries */
static enum pk_code
read_entry(struct walk *walk, struct pk_pool *work, const git_tree_entry *entry, const char *folder,
           unsigned depth, struct pk_error *err)
{
    const char *name = git_tree_entry_name(entry);
    const char *path = pk_source_path(work, folder, name);
    switch (pk_source_entry(&walk->files, path, name, kind_of(entry), depth)) {
    case PK_ENTRY_READ:
        return read_blob(walk, git_tree_entry_id(entry), path, err);
    case PK_ENTRY_DESCEND:
        return walk_tree(walk, git_tree_entry_id(entry), path, depth + 1, err);
    case PK_ENTRY_STOP:
        walk->stopped = true;
        break;
    case PK_ENTRY_SKIP:
        break;
    }
    return PK_OK;
}

static enum pk_code
walk_tree(struct walk *walk, const git_oid *id, const char *folder, unsigned depth,
          struct pk_error *err)
{
    PK_CLEANUP(pk_git_tree_release) git_tree *tree = NULL;
    if (git_tree_lookup(&tree, walk->git.repository, id) != 0) {
        return pk_git_damaged(err, walk->bare, folder[0] != '\0' ? folder : "the top folder");
    }
    PK_SCRATCH(work);
    enum pk_code code = PK_OK;
    size_t count = git_tree_entrycount(tree);
    for (size_t i = 0; i < count && code == PK_OK && !walk->stopped; i++) {
        code = read_entry(walk, work, git_tree_entry_byindex(tree, i), folder, depth, err);
    }
    return code;
}

/* One step of the configured path: @p id goes from a tree to the named tree in it. */
static enum pk_code
enter(struct walk *walk, git_oid *id, const char *name, const char *path, struct pk_error *err)
{
    PK_CLEANUP(pk_git_tree_release) git_tree *tree = NULL;
    if (git_tree_lookup(&tree, walk->git.repository, id) != 0) {
        return pk_git_damaged(err, walk->bare, path);
    }
    const git_tree_entry *entry = git_tree_entry_byname(tree, name);
    enum pk_entry_kind kind = entry != NULL ? kind_of(entry) : PK_ENTRY_FILE;
    if (kind == PK_ENTRY_FILE) {
        pk_diagnose(walk->files.diagnostics, PK_RULE_NOTHING_WANTED, (struct pk_mark){.file = path},
                    "correct repository.path, or commit the folder", "commit %.8s has %s",
                    walk->commit, entry == NULL ? "no such folder" : "a file here, not a folder");
        walk->stopped = true;
        return PK_OK;
    }
    if (kind != PK_ENTRY_FOLDER) {
        pk_source_not_a_file(walk->files.diagnostics, path, kind);
        walk->stopped = true;
        return PK_OK;
    }
    git_oid_cpy(id, git_tree_entry_id(entry));
    return PK_OK;
}

/* Goes from the root to config->path. */
static enum pk_code
find_folder(struct walk *walk, git_oid *id, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char *so_far = "";
    char *rest = pk_strdup(pool, walk->files.limits->path), *next;
    enum pk_code code = PK_OK;
    while (code == PK_OK && !walk->stopped && (next = strsep(&rest, "/")) != NULL) {
        if (next[0] == '\0' || strcmp(next, ".") == 0) {
            continue;
        }
        so_far = pk_source_path(pool, so_far, next);
        code = enter(walk, id, next, so_far, err);
    }
    return code;
}

static enum pk_code
find_root(struct walk *walk, git_oid *root, struct pk_error *err)
{
    git_oid id;
    PK_CLEANUP(pk_git_commit_release) git_commit *commit = NULL;
    if (git_oid_fromstr(&id, walk->commit) != 0) {
        return pk_error_set(err, PK_EINVAL, walk->commit,
                            "this is no commit; write its 40 hexadecimal digits");
    }
    int failed = git_commit_lookup(&commit, walk->git.repository, &id);
    if (failed == GIT_ENOTFOUND) {
        return pk_error_set(err, PK_ENOENT, walk->commit,
                            "the copy %s has no such commit; fetch first", walk->bare);
    }
    if (failed != 0) {
        return pk_git_damaged(err, walk->bare, walk->commit);
    }
    git_oid_cpy(root, git_commit_tree_id(commit));
    return PK_OK;
}

static enum pk_code
open_walk(struct walk *walk, git_oid *folder, struct pk_error *err)
{
    enum pk_code code = pk_git_open(&walk->git, walk->bare, err);
    if (code == PK_OK && (code = find_root(walk, folder, err)) == PK_OK) {
        code = find_folder(walk, folder, err);
    }
    return code;
}

enum pk_code
pk_repository_read(struct pk_pool *pool, const struct pk_repository_config *config,
                   const char *commit, struct pk_source_file **files, size_t *count,
                   struct pk_diagnostics *diagnostics, struct pk_error *err)
{
    PK_CLEANUP(walk_done)
    struct walk walk = {
        .files = {.pool = pool, .limits = config, .diagnostics = diagnostics},
        .bare = config->bare,
        .commit = commit,
    };
    git_oid folder;
    enum pk_code code = open_walk(&walk, &folder, err);
    if (code != PK_OK) {
        return code;
    }
    if (!walk.stopped && (code = walk_tree(&walk, &folder, "", 0, err)) != PK_OK) {
        return code;
    }
    pk_source_finish(&walk.files, files, count);
    return PK_OK;
}

static enum pk_code
read_path(struct walk *walk, const git_tree *tree, const char *path, struct pk_error *err)
{
    PK_CLEANUP(entry_release) git_tree_entry *entry = NULL;
    if (git_tree_entry_bypath(&entry, tree, path) != 0 || kind_of(entry) != PK_ENTRY_FILE) {
        return pk_error_set(err, PK_EINVAL, path, "commit %.8s has no such file", walk->commit);
    }
    return read_blob(walk, git_tree_entry_id(entry), path, err);
}

enum pk_code
pk_repository_read_only(struct pk_pool *pool, const struct pk_repository_config *config,
                        const char *commit, const char *const *paths, size_t count,
                        struct pk_source_file **files, struct pk_error *err)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    PK_CLEANUP(walk_done)
    struct walk walk = {
        .files = {.pool = pool, .limits = config, .diagnostics = &diagnostics},
        .bare = config->bare,
        .commit = commit,
    };
    git_oid folder;
    enum pk_code code = open_walk(&walk, &folder, err);
    if (code != PK_OK) {
        return code;
    }
    PK_CLEANUP(pk_git_tree_release) git_tree *tree = NULL;
    if (!walk.stopped && git_tree_lookup(&tree, walk.git.repository, &folder) != 0) {
        return pk_git_damaged(err, walk.bare, "the top folder");
    }
    for (size_t i = 0; i < count && code == PK_OK && !walk.stopped; i++) {
        code = read_path(&walk, tree, paths[i], err);
    }
    if (code == PK_OK && (walk.stopped || walk.files.list.count != count)) {
        return pk_error_set(err, PK_EINVAL, commit, "not all of the files may be read");
    }
    *files = walk.files.list.at;
    return code;
}

/* -- two commits ------------------------------------------------------------------------------ */

static bool
is_same(const git_tree_entry *entry, const git_tree_entry *other)
{
    return other != NULL && kind_of(entry) == kind_of(other) &&
           git_oid_equal(git_tree_entry_id(entry), git_tree_entry_id(other));
}

static bool
are_folders(const git_tree_entry *entry, const git_tree_entry *other)
{
    return other != NULL && kind_of(entry) == PK_ENTRY_FOLDER && kind_of(other) == PK_ENTRY_FOLDER;
}

/* Reads what @p tree has and @p other has not; folders that both have are left out. */
static enum pk_code
read_differing(struct walk *walk, const git_tree *tree, const git_tree *other, const char *folder,
               unsigned depth, struct pk_error *err)
{
    PK_SCRATCH(work);
    enum pk_code code = PK_OK;
    size_t count = git_tree_entrycount(tree);
    for (size_t i = 0; i < count && code == PK_OK && !walk->stopped; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const char *name = git_tree_entry_name(entry);
        const git_tree_entry *counterpart = git_tree_entry_byname(other, name);
        if (!is_same(entry, counterpart) && !are_folders(entry, counterpart)) {
            code = read_entry(walk, work, entry, folder, depth, err);
        }
    }
    return code;
}

static enum pk_code compare_trees(struct walk walks[2], const git_oid *before, const git_oid *after,
                                  const char *folder, unsigned depth, struct pk_error *err);

static enum pk_code
compare_folders(struct walk walks[2], const git_tree *before, const git_tree *after,
                const char *folder, unsigned depth, struct pk_error *err)
{
    enum pk_code code = PK_OK;
    size_t count = git_tree_entrycount(after);
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(after, i);
        const char *name = git_tree_entry_name(entry);
        const git_tree_entry *counterpart = git_tree_entry_byname(before, name);
        if (is_same(entry, counterpart) || !are_folders(entry, counterpart)) {
            continue;
        }
        struct walk *walk = &walks[1];
        const char *path = pk_source_path(walk->files.pool, folder, name);
        enum pk_entry_use use = pk_source_entry(&walk->files, path, name, kind_of(entry), depth);
        if (use == PK_ENTRY_DESCEND) {
            code = compare_trees(walks, git_tree_entry_id(counterpart), git_tree_entry_id(entry),
                                 path, depth + 1, err);
        }
        walk->stopped = walk->stopped || use == PK_ENTRY_STOP;
    }
    return code;
}

static enum pk_code
compare_trees(struct walk walks[2], const git_oid *before, const git_oid *after, const char *folder,
              unsigned depth, struct pk_error *err)
{
    PK_CLEANUP(pk_git_tree_release) git_tree *old = NULL;
    PK_CLEANUP(pk_git_tree_release) git_tree *new = NULL;
    if (git_tree_lookup(&old, walks[0].git.repository, before) != 0 ||
        git_tree_lookup(&new, walks[1].git.repository, after) != 0) {
        return pk_git_damaged(err, walks[0].bare, folder[0] != '\0' ? folder : "the top folder");
    }
    enum pk_code code = read_differing(&walks[0], old, new, folder, depth, err);
    if (code == PK_OK) {
        code = read_differing(&walks[1], new, old, folder, depth, err);
    }
    return code == PK_OK ? compare_folders(walks, old, new, folder, depth, err) : code;
}

static void walks_done(struct walk (*walks)[2])
{
    walk_done(&(*walks)[0]);
    walk_done(&(*walks)[1]);
}

enum pk_code
pk_repository_compare(struct pk_pool *pool, const struct pk_repository_config *config,
                      const char *before, const char *after, struct pk_repository_changes *out,
                      struct pk_diagnostics *diagnostics, struct pk_error *err)
{
    const struct pk_source_files files = {
        .pool = pool, .limits = config, .diagnostics = diagnostics};
    PK_CLEANUP(walks_done)
    struct walk walks[2] = {
        {.files = files, .bare = config->bare, .commit = before},
        {.files = files, .bare = config->bare, .commit = after},
    };
    git_oid folders[2];
    enum pk_code code = PK_OK;
    for (int i = 0; i < 2 && code == PK_OK; i++) {
        code = open_walk(&walks[i], &folders[i], err);
    }
    if (code == PK_OK && !walks[0].stopped && !walks[1].stopped &&
        !git_oid_equal(&folders[0], &folders[1])) {
        code = compare_trees(walks, &folders[0], &folders[1], "", 0, err);
    }
    if (code == PK_OK && (walks[0].stopped || walks[1].stopped)) {
        return pk_error_set(err, PK_EINVAL, after, "not all of the files may be read");
    }
    pk_source_finish(&walks[0].files, &out->before, &out->before_count);
    pk_source_finish(&walks[1].files, &out->after, &out->after_count);
    return code;
}
