/*
 * The shape is a table of rows that point to the tables of what is inside; the walk knows nothing
 * of Kea.
 */
#include "drivers/kea-shape.h"

#include <stdarg.h>
#include <stdlib.h>

enum { ID_MIN = 1 };
static const int64_t id_max = 4294967294;

struct shape {
    const char *key; /* NULL ends a table */
    enum pk_kea_kind kind;
    bool is_required;
    const struct shape *inside; /* of a map, or of each item of a list, which must be maps then */
};

static const struct shape anything[] = {{.key = NULL}};

static const struct shape pool_shape[] = {
    {"pool", PK_KEA_STRING, true, NULL},
    {"option-data", PK_KEA_LIST, false, anything},
    {.key = NULL},
};

static const struct shape reservation_shape[] = {
    {"ip-address", PK_KEA_STRING, false, NULL},
    {"hostname", PK_KEA_STRING, false, NULL},
    {"option-data", PK_KEA_LIST, false, anything},
    {.key = NULL},
};

static const struct shape subnet_shape[] = {
    {"id", PK_KEA_NUMBER, true, NULL},
    {"subnet", PK_KEA_STRING, true, NULL},
    {"pools", PK_KEA_LIST, false, pool_shape},
    {"option-data", PK_KEA_LIST, false, anything},
    {"reservations", PK_KEA_LIST, false, reservation_shape},
    {.key = NULL},
};

static const struct shape network_shape[] = {
    {"name", PK_KEA_STRING, true, NULL},
    {"subnet4", PK_KEA_LIST, true, subnet_shape},
    {"option-data", PK_KEA_LIST, false, anything},
    {.key = NULL},
};

static const struct shape parameters_shape[] = {
    {"high-availability", PK_KEA_LIST, false, anything},
    {.key = NULL},
};

static const struct shape hook_shape[] = {
    {"library", PK_KEA_STRING, true, NULL},
    {"parameters", PK_KEA_MAP, false, parameters_shape},
    {.key = NULL},
};

static const struct shape dhcp4_shape[] = {
    {"subnet4", PK_KEA_LIST, true, subnet_shape},
    {"shared-networks", PK_KEA_LIST, true, network_shape},
    {"option-data", PK_KEA_LIST, false, anything},
    {"option-def", PK_KEA_LIST, false, anything},
    {"hooks-libraries", PK_KEA_LIST, false, hook_shape},
    {.key = NULL},
};

/* -- The walk --------------------------------------------------------------------------------- */

struct walk {
    const char *where;
    struct pk_error *err;
};

static const char *
kind_name(enum pk_kea_kind kind)
{
    static const char *const names[] = {
        [PK_KEA_NULL] = "null",     [PK_KEA_FALSE] = "false", [PK_KEA_TRUE] = "true",
        [PK_KEA_NUMBER] = "number", [PK_KEA_STRING] = "text", [PK_KEA_LIST] = "list",
        [PK_KEA_MAP] = "map",
    };
    return names[kind];
}

PK_PRINTF(2, 3)
static enum pk_code
refuse(const struct walk *walk, const char *format, ...)
{
    PK_SCRATCH(scratch);
    va_list args;
    va_start(args, format);
    const char *message = pk_vsprintf(scratch, format, args);
    va_end(args);
    return pk_error_set(walk->err, PK_EINVAL, walk->where,
                        "%s: Kea never answers that; see what answers at `url`, and the log of the "
                        "server",
                        message);
}

/* Puts a step before the place that a failure inside it has told. */
static enum pk_code
inside(const struct walk *walk, enum pk_code code, const char *key, const size_t *index)
{
    if (code != PK_OK && walk->err != NULL) {
        struct pk_error inner = *walk->err;
        if (index != NULL) {
            pk_error_set(walk->err, code, inner.where, "%s[%zu].%s", key, *index, inner.message);
        } else {
            pk_error_set(walk->err, code, inner.where, "%s.%s", key, inner.message);
        }
    }
    return code;
}

static enum pk_code
check_map(const struct walk *walk, const struct pk_kea_value *map, const struct shape *shapes);

static enum pk_code
check_items(const struct walk *walk, const struct shape *shape, const struct pk_kea_value *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != PK_KEA_MAP) {
            return refuse(walk, "%s[%zu] is no map", shape->key, i);
        }
        enum pk_code code = check_map(walk, &list->items[i], shape->inside);
        if (code != PK_OK) {
            return inside(walk, code, shape->key, &i);
        }
    }
    return PK_OK;
}

static enum pk_code
check_member(const struct walk *walk, const struct pk_kea_value *map, const struct shape *shape)
{
    const struct pk_kea_value *value = pk_kea_get(map, shape->key);
    if (value == NULL) {
        return shape->is_required ? refuse(walk, "%s is not there", shape->key) : PK_OK;
    }
    if (value->kind != shape->kind) {
        return refuse(walk, "%s is no %s", shape->key, kind_name(shape->kind));
    }
    if (shape->inside == NULL) {
        return PK_OK;
    }
    return shape->kind == PK_KEA_LIST
               ? check_items(walk, shape, value)
               : inside(walk, check_map(walk, value, shape->inside), shape->key, NULL);
}

/* As deep as the tables are. */
static enum pk_code
check_map(const struct walk *walk, const struct pk_kea_value *map, const struct shape *shapes)
{
    for (const struct shape *shape = shapes; shape->key != NULL; shape++) {
        enum pk_code code = check_member(walk, map, shape);
        if (code != PK_OK) {
            return code;
        }
    }
    return PK_OK;
}

/* -- Ids -------------------------------------------------------------------------------------- */

struct ids {
    int64_t *at;
    size_t count, capacity;
};

static bool
add_ids(struct pk_pool *pool, const struct pk_kea_value *map, struct ids *ids)
{
    struct pk_kea_items subnets = pk_kea_list(map, "subnet4");
    for (size_t i = 0; i < subnets.count; i++) {
        int64_t id;
        if (!pk_kea_integer(&subnets.at[i], "id", &id) || id < ID_MIN || id > id_max) {
            return false;
        }
        *pk_push(pool, ids) = id;
    }
    return true;
}

static int
compare_ids(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

static enum pk_code
check_ids(const struct walk *walk, const struct pk_kea_value *dhcp4)
{
    PK_SCRATCH(scratch);
    struct ids ids = {.at = NULL};
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    bool are_ids = add_ids(scratch, dhcp4, &ids);
    for (size_t i = 0; i < networks.count; i++) {
        are_ids = add_ids(scratch, &networks.at[i], &ids) && are_ids;
    }
    if (!are_ids) {
        return refuse(walk, "a subnet's id is no number from 1 to 4294967294");
    }
    if (ids.count != 0) {
        qsort(ids.at, ids.count, sizeof *ids.at, compare_ids);
    }
    for (size_t i = 1; i < ids.count; i++) {
        if (ids.at[i - 1] == ids.at[i]) {
            return refuse(walk, "two subnets have id %lld", (long long)ids.at[i]);
        }
    }
    return PK_OK;
}

enum pk_code
pk_kea_shape_check(const struct pk_kea_value *dhcp4, const char *where, struct pk_error *err)
{
    const struct walk walk = {.where = where, .err = err};
    enum pk_code code = inside(&walk, check_map(&walk, dhcp4, dhcp4_shape), "Dhcp4", NULL);
    return code == PK_OK ? check_ids(&walk, dhcp4) : code;
}
