/*
 * Both plans are made flat, sorted and walked in step; what stands on one side only, or differs,
 * has changed.
 */
#include "agent/plan-changes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *relationship, *subnet, *part, *value;
};

struct entries {
    struct pk_pool *pool;
    PK_VECTOR(struct entry) list;
};

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static void
add(struct entries *out, const char *relationship, const char *subnet, const char *part,
    const char *value)
{
    *pk_push(out->pool, &out->list) = (struct entry){relationship, subnet, part, value};
}

static void
add_action(struct entries *out, const char *relationship, const json_t *action)
{
    size_t index;
    const json_t *subnet, *field;
    const json_t *subnets = json_object_get(action, "subnets");
    json_array_foreach(subnets, index, subnet)
    {
        add(out, relationship, json_string_value(subnet), "", text_of(action, "operation"));
    }
    if (json_array_size(subnets) == 0) {
        add(out, relationship, "", "", text_of(action, "operation"));
    }
    json_array_foreach(json_object_get(action, "fields"), index, field)
    {
        add(out, relationship, text_of(action, "subnet"),
            pk_sprintf(out->pool, "%s on %s", text_of(field, "field"), text_of(field, "server")),
            pk_sprintf(out->pool, "%s → %s",
                       pk_json_text(out->pool, json_object_get(field, "have")),
                       pk_json_text(out->pool, json_object_get(field, "want"))));
    }
}

static int
compare_keys(const struct entry *a, const struct entry *b)
{
    int order = strcmp(a->relationship, b->relationship);
    order = order != 0 ? order : strcmp(a->subnet, b->subnet);
    return order != 0 ? order : strcmp(a->part, b->part);
}

static int
compare_entries(const void *a, const void *b)
{
    return compare_keys(a, b);
}

static struct entries
flatten(struct pk_pool *pool, const json_t *document)
{
    struct entries out = {.pool = pool};
    size_t r, a;
    const json_t *relationship, *action;
    json_array_foreach(json_object_get(document, "relationships"), r, relationship)
    {
        json_array_foreach(json_object_get(relationship, "actions"), a, action)
        {
            add_action(&out, text_of(relationship, "name"), action);
        }
    }
    if (out.list.count != 0) {
        qsort(out.list.at, out.list.count, sizeof *out.list.at, compare_entries);
    }
    return out;
}

struct finding {
    struct pk_pool *pool;
    PK_VECTOR(struct pk_plan_change) list;
};

static void
found(struct finding *finding, const struct entry *then, const struct entry *now)
{
    const struct entry *either = then != NULL ? then : now;
    *pk_push(finding->pool, &finding->list) = (struct pk_plan_change){
        .relationship = either->relationship,
        .subnet = either->subnet,
        .part = either->part,
        .then = then != NULL ? then->value : NULL,
        .now = now != NULL ? now->value : NULL,
    };
}

static void
walk(struct finding *finding, const struct entries *then, const struct entries *now)
{
    size_t i = 0, j = 0;
    while (i < then->list.count || j < now->list.count) {
        const struct entry *a = i < then->list.count ? &then->list.at[i] : NULL;
        const struct entry *b = j < now->list.count ? &now->list.at[j] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : compare_keys(a, b);
        if (order == 0 && strcmp(a->value, b->value) != 0) {
            found(finding, a, b);
        } else if (order < 0) {
            found(finding, a, NULL);
        } else if (order > 0) {
            found(finding, NULL, b);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static const json_t *
relationship_in(const json_t *document, const char *name)
{
    size_t index;
    const json_t *relationship;
    json_array_foreach(json_object_get(document, "relationships"), index, relationship)
    {
        if (strcmp(text_of(relationship, "name"), name) == 0) {
            return relationship;
        }
    }
    return NULL;
}

static bool
is_found(const struct finding *finding, const char *relationship)
{
    for (size_t i = 0; i < finding->list.count; i++) {
        if (strcmp(finding->list.at[i].relationship, relationship) == 0) {
            return true;
        }
    }
    return false;
}

static void
find_unlisted(struct finding *finding, const json_t *then, const json_t *now)
{
    size_t index;
    const json_t *relationship;
    json_array_foreach(json_object_get(then, "relationships"), index, relationship)
    {
        const char *name = text_of(relationship, "name");
        const json_t *other = relationship_in(now, name);
        if (strcmp(text_of(relationship, "digest"), text_of(other, "digest")) != 0 &&
            !is_found(finding, name)) {
            *pk_push(finding->pool, &finding->list) =
                (struct pk_plan_change){.relationship = name, .subnet = "", .part = ""};
        }
    }
}

struct pk_plan_changes
pk_plan_changes(struct pk_pool *pool, const json_t *then, const json_t *now)
{
    struct entries a = flatten(pool, then), b = flatten(pool, now);
    struct finding finding = {.pool = pool};
    walk(&finding, &a, &b);
    find_unlisted(&finding, then, now);
    return (struct pk_plan_changes){finding.list.at, finding.list.count};
}

const char *
pk_plan_change_text(struct pk_pool *pool, const struct pk_plan_change *change)
{
    const char *what = pk_sprintf(pool, "%s%s%s", change->relationship,
                                  *change->subnet != '\0' ? " " : "", change->subnet);
    if (*change->part != '\0') {
        what = pk_sprintf(pool, "%s %s", what, change->part);
    }
    if (change->then == NULL && change->now == NULL) {
        return pk_sprintf(pool, "%s: a server holds something else in what the plan does not list",
                          what);
    }
    if (change->then == NULL) {
        return pk_sprintf(pool, "%s: %s is new", what, change->now);
    }
    if (change->now == NULL) {
        return pk_sprintf(pool, "%s: %s is no longer planned", what, change->then);
    }
    return pk_sprintf(pool, "%s: was %s, is now %s", what, change->then, change->now);
}
