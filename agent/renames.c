/*
 * A renamed relationship is known by its two servers: Git has a name for them that nothing knew,
 * and something knows one that Git no longer has.
 */
#include "agent/renames.h"

#include <string.h>

#include "adm/applied.h"
#include "adm/events.h"
#include "adm/scopes.h"
#include "base/text.h"

enum pk_code
pk_remembered_load(struct pk_db *db, struct pk_pool *pool, struct pk_remembered *out,
                   struct pk_error *err)
{
    const char *const *names;
    size_t count;
    enum pk_code code = pk_applied_relationships(db, pool, &names, &count, err);
    if (code != PK_OK) {
        return code;
    }
    out->at = pk_array(pool, struct pk_remembered_relationship, count + 1);
    for (out->count = 0; out->count < count; out->count++) {
        struct pk_remembered_relationship *one = &out->at[out->count];
        one->name = names[out->count];
        code = pk_applied_relation_load(db, pool, one->name, &one->relation, err);
        if (code != PK_OK && code != PK_ENOENT) {
            return code;
        }
    }
    return PK_OK;
}

const struct pk_remembered_relationship *
pk_remembered_find(const struct pk_remembered *remembered, const char *name)
{
    for (size_t i = 0; i < remembered->count; i++) {
        if (strcmp(remembered->at[i].name, name) == 0) {
            return &remembered->at[i];
        }
    }
    return NULL;
}

bool
pk_is_same_pair(const char *const a[PK_PAIR], const char *const b[PK_PAIR])
{
    if (a[0] == NULL || a[1] == NULL || b[0] == NULL || b[1] == NULL) {
        return false;
    }
    return (strcmp(a[0], b[0]) == 0 && strcmp(a[1], b[1]) == 0) ||
           (strcmp(a[0], b[1]) == 0 && strcmp(a[1], b[0]) == 0);
}

static bool
is_named(const struct pk_snapshot *snapshot, const char *name)
{
    return pk_snapshot_relationship(snapshot, name) != NULL;
}

/* One that was split has no heir: which half is the old one cannot be told, its scopes move. */
static bool
is_only_new_one(const struct pk_remembered *remembered, const struct pk_snapshot *snapshot,
                const struct pk_fleet *fleet, const struct pk_wanted_relationship *wanted)
{
    size_t new_ones = 0;
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *one = &snapshot->relationships[i];
        bool known = pk_remembered_find(remembered, one->name) != NULL;
        for (int side = 0; side < PK_PAIR && !known; side++) {
            const struct pk_fleet_server *server = pk_fleet_find(fleet, one->servers[side]);
            known = pk_relations_find(&server->observed.relations, one->name) != NULL;
        }
        new_ones += !known && pk_is_same_pair(one->servers, wanted->servers);
    }
    return new_ones <= 1;
}

const char *
pk_remembered_old_name(const struct pk_remembered *remembered, const struct pk_snapshot *snapshot,
                       const struct pk_fleet *fleet, const struct pk_wanted_relationship *wanted)
{
    const char *found = NULL;
    if (pk_remembered_find(remembered, wanted->name) != NULL ||
        !is_only_new_one(remembered, snapshot, fleet, wanted)) {
        return NULL;
    }
    for (size_t i = 0; i < remembered->count; i++) {
        const struct pk_remembered_relationship *one = &remembered->at[i];
        if (!is_named(snapshot, one->name) &&
            pk_is_same_pair(one->relation.servers, wanted->servers)) {
            found = one->name;
        }
    }
    for (int side = 0; side < PK_PAIR && found == NULL; side++) {
        const struct pk_fleet_server *server = pk_fleet_find(fleet, wanted->servers[side]);
        const struct pk_relations *relations = &server->observed.relations;
        if (pk_relations_find(relations, wanted->name) != NULL) {
            return NULL;
        }
        for (size_t i = 0; i < relations->count && found == NULL; i++) {
            const struct pk_relation *relation = &relations->at[i];
            if (!is_named(snapshot, relation->name) &&
                pk_is_same_pair(relation->servers, wanted->servers)) {
                found = relation->name;
            }
        }
    }
    return found;
}

void
pk_views_record_renames(struct pk_txn *txn, const struct pk_views *views, const char *revision,
                        struct pk_wall now)
{
    PK_SCRATCH(pool);
    for (size_t i = 0; i < views->count; i++) {
        const struct pk_pair_view *view = &views->at[i];
        if (view->renamed_from == NULL || !view->servers[PK_SERVER_1].writes ||
            !view->servers[PK_SERVER_2].writes) {
            continue;
        }
        const char *name = view->relationship->name;
        pk_adm_relation_rename(txn, view->renamed_from, name);
        pk_applied_rename(txn, view->renamed_from, name);
        pk_event_add(txn, &(struct pk_event){
                              .time = now,
                              .reason = PK_REASON_RELATIONSHIP_RENAMED,
                              .relationship = name,
                              .revision = revision,
                              .message = pk_sprintf(pool, "was called %s", view->renamed_from),
                          });
    }
}
