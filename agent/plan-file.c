/*
 * The file comes from wherever people keep plans, so nothing of it is believed before it was
 * checked.  What is written to servers is always planned anew; of the file only the digest decides.
 */
#include "agent/plan-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/render.h"
#include "base/text.h"

enum { COMMIT_DIGITS = 40, NEW_FILE_MODE = 0666 };

static const char kind[] = "pairkeeper-plan";
static const char major_version[] = "1.";

/* -- Writing -- */

static enum pk_code
check_known(const struct pk_pass_result *result, const char *path, struct pk_error *err)
{
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_pass_relationship *relationship = &result->relationships[i];
        if (relationship->unknown_count != 0) {
            return pk_error_set(err, PK_EAGAIN, path,
                                "no plan was written: %s of %s could not be read",
                                relationship->unknown[0].server, relationship->name);
        }
    }
    return PK_OK;
}

static enum pk_code
write_whole(int fd, const char *at, size_t bytes)
{
    while (bytes != 0) {
        ssize_t written = write(fd, at, bytes);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return PK_ESYS;
        }
        at += written;
        bytes -= (size_t)written;
    }
    return PK_OK;
}

enum pk_code
pk_plan_file_write(struct pk_pool *pool, const char *path, const struct pk_pass_result *result,
                   struct pk_error *err)
{
    enum pk_code code = check_known(result, path, err);
    if (code != PK_OK) {
        return code;
    }
    json_auto_t *document = pk_render_pass_json(result);
    json_object_set_new(document, "kind", json_string(kind));
    const char *text = pk_sprintf(pool, "%s\n", pk_json_text(pool, document));
    const char *beside = pk_sprintf(pool, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, NEW_FILE_MODE);
    bool written = fd >= 0 && write_whole(fd, text, strlen(text)) == PK_OK;
    bool closed = fd >= 0 && close(fd) == 0;
    if (written && closed && rename(beside, path) == 0) {
        return PK_OK;
    }
    int why = errno;
    if (fd >= 0) {
        unlink(beside);
    }
    return pk_error_set(err, PK_ESYS, path, "the plan cannot be written: %s", strerror(why));
}

/* -- Checking -- */

struct checking {
    const char *where;
    struct pk_error *err;
};

static enum pk_code
refuse(const struct checking *checking, const char *what)
{
    return pk_error_set(checking->err, PK_EINVAL, checking->where,
                        "this is no plan of pairkeeper: %s; make one with pairkeeper diff --out",
                        what);
}

static bool
is_text_or_null(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) || json_is_null(value);
}

/* null (nothing is to be done) or a digest. */
static bool
take_digest(const json_t *value, struct pk_sha256 *out)
{
    *out = (struct pk_sha256){.bytes = {0}};
    return json_is_null(value) ||
           (json_is_string(value) && pk_sha256_parse(json_string_value(value), out));
}

static enum pk_code
check_fields(const struct checking *checking, const json_t *fields)
{
    size_t index;
    const json_t *field;
    if (!json_is_array(fields)) {
        return refuse(checking, "an action has no list of fields");
    }
    json_array_foreach(fields, index, field)
    {
        if (!json_is_string(json_object_get(field, "field")) ||
            !json_is_string(json_object_get(field, "server")) ||
            json_object_get(field, "have") == NULL || json_object_get(field, "want") == NULL) {
            return refuse(checking, "a field of an action lacks field, server, have or want");
        }
    }
    return PK_OK;
}

static enum pk_code
check_action(const struct checking *checking, const json_t *action)
{
    size_t index;
    const json_t *subnet, *subnets = json_object_get(action, "subnets");
    if (!json_is_string(json_object_get(action, "operation")) ||
        !is_text_or_null(action, "subnet") || !json_is_array(subnets)) {
        return refuse(checking, "an action lacks operation, subnet or subnets");
    }
    json_array_foreach(subnets, index, subnet)
    {
        if (!json_is_string(subnet)) {
            return refuse(checking, "a subnet of an action is no text");
        }
    }
    return check_fields(checking, json_object_get(action, "fields"));
}

/* Appends what the digest of the whole plan is made of. */
static enum pk_code
check_relationship(const struct checking *checking, const json_t *relationship,
                   struct pk_text *digests)
{
    struct pk_sha256 digest;
    size_t index;
    const json_t *action, *actions = json_object_get(relationship, "actions");
    if (!json_is_string(json_object_get(relationship, "name")) || !json_is_array(actions)) {
        return refuse(checking, "a relationship lacks name or actions");
    }
    if (!take_digest(json_object_get(relationship, "digest"), &digest)) {
        return refuse(checking, "the digest of a relationship is none");
    }
    if (!pk_sha256_is_zero(&digest) && json_array_size(actions) == 0) {
        return refuse(checking, "a relationship has a digest without actions");
    }
    if (!pk_sha256_is_zero(&digest)) {
        pk_text_addf(digests, "%s\n", pk_sha256_text(digests->pool, &digest));
    }
    json_array_foreach(actions, index, action)
    {
        enum pk_code code = check_action(checking, action);
        if (code != PK_OK) {
            return code;
        }
    }
    return PK_OK;
}

static enum pk_code
check_relationships(const struct checking *checking, struct pk_plan_file *file)
{
    PK_SCRATCH(pool);
    struct pk_text digests = {.pool = pool};
    size_t index;
    const json_t *relationship, *all = json_object_get(file->document, "relationships");
    if (!json_is_array(all)) {
        return refuse(checking, "it has no relationships");
    }
    json_array_foreach(all, index, relationship)
    {
        enum pk_code code = check_relationship(checking, relationship, &digests);
        if (code != PK_OK) {
            return code;
        }
    }
    struct pk_sha256 whole = {.bytes = {0}};
    if (digests.count != 0) {
        whole = pk_sha256_of(digests.at, digests.count);
    }
    return pk_sha256_equal(&whole, &file->digest)
               ? PK_OK
               : refuse(checking, "its digests do not fit each other, so it was changed");
}

static bool
is_commit(const char *text)
{
    return text != NULL && strlen(text) == COMMIT_DIGITS &&
           strspn(text, "0123456789abcdef") == COMMIT_DIGITS;
}

static enum pk_code
check(const struct checking *checking, struct pk_plan_file *file)
{
    const char *version = json_string_value(json_object_get(file->document, "format_version"));
    const char *found = json_string_value(json_object_get(file->document, "kind"));
    if (!json_is_object(file->document) || found == NULL || strcmp(found, kind) != 0) {
        return refuse(checking, "`kind` is not pairkeeper-plan");
    }
    if (version == NULL || strncmp(version, major_version, sizeof major_version - 1) != 0) {
        return pk_error_set(checking->err, PK_EINVAL, checking->where,
                            "the plan has format version %s, this pairkeeper reads 1.x: use the "
                            "same version for both",
                            version != NULL ? version : "none");
    }
    const json_t *revision = json_object_get(file->document, "revision");
    file->ref = json_string_value(json_object_get(revision, "ref"));
    file->commit = json_string_value(json_object_get(revision, "commit"));
    if (file->ref == NULL || !is_commit(file->commit)) {
        return refuse(checking, "it does not say its revision");
    }
    if (!take_digest(json_object_get(file->document, "digest"), &file->digest)) {
        return refuse(checking, "it has no digest");
    }
    return check_relationships(checking, file);
}

enum pk_code
pk_plan_file_parse(const char *text, size_t bytes, const char *where, struct pk_plan_file *out,
                   struct pk_error *err)
{
    const struct checking checking = {where, err};
    struct pk_error why = {0};
    *out = (struct pk_plan_file){0};
    if (memchr(text, '\0', bytes) != NULL) {
        return refuse(&checking, "it holds a zero byte");
    }
    PK_SCRATCH(pool);
    out->document = pk_json_parse(pk_strndup(pool, text, bytes), &why);
    enum pk_code code =
        out->document != NULL ? check(&checking, out) : refuse(&checking, why.message);
    if (code != PK_OK) {
        pk_plan_file_close(out);
    }
    return code;
}

/* -- Reading -- */

static void
close_file(FILE **file)
{
    if (*file != NULL) {
        fclose(*file);
    }
}

enum pk_code
pk_plan_file_read(const char *path, struct pk_plan_file *out, struct pk_error *err)
{
    *out = (struct pk_plan_file){0};
    PK_CLEANUP(close_file) FILE *file = fopen(path, "re");
    struct stat about;
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        int why = errno;
        return pk_error_set(err,
                            why == ENOENT   ? PK_ENOENT
                            : why == EACCES ? PK_EACCESS
                                            : PK_ESYS,
                            path, "the plan cannot be read: %s", strerror(why));
    }
    if (!S_ISREG(about.st_mode) || (size_t)about.st_size > PK_PLAN_FILE_BYTES) {
        return pk_error_set(err, PK_EINVAL, path, "a plan is a file of at most %zu MiB",
                            PK_PLAN_FILE_BYTES >> 20U);
    }
    PK_SCRATCH(pool);
    size_t bytes = (size_t)about.st_size;
    char *text = pk_alloc(pool, bytes + 1);
    if (fread(text, 1, bytes, file) != bytes) {
        return pk_error_set(err, PK_ESYS, path, "the plan cannot be read whole: run this again");
    }
    return pk_plan_file_parse(text, bytes, path, out, err);
}

void
pk_plan_file_close(struct pk_plan_file *file)
{
    json_decref(file->document);
    *file = (struct pk_plan_file){0};
}
