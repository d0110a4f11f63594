/*
 * A wrong guess would compare, and later write, a server that is no partner at all: so names are
 * given only where both sides say so, or where nothing else is possible.
 */
#include "agent/pairing.h"

#include <string.h>

struct pairing {
    struct pk_pool *pool;
    const struct pk_wanted_relationship *relationships;
    size_t relationship_count;
    struct pk_paired_server *servers;
    size_t count;
};

static struct pk_paired_server *
find_server(const struct pairing *pairing, const char *name)
{
    for (size_t i = 0; name != NULL && i < pairing->count; i++) {
        if (strcmp(pairing->servers[i].name, name) == 0) {
            return &pairing->servers[i];
        }
    }
    return NULL;
}

static size_t
count_relationships(const struct pairing *pairing, const char *server)
{
    size_t count = 0;
    for (size_t i = 0; i < pairing->relationship_count; i++) {
        const struct pk_wanted_relationship *one = &pairing->relationships[i];
        count += strcmp(one->servers[PK_SERVER_1], server) == 0 ||
                 strcmp(one->servers[PK_SERVER_2], server) == 0;
    }
    return count;
}

static void
give(struct pk_peering_name *name, const struct pk_wanted_relationship *relationship,
     const char *partner)
{
    *name = (struct pk_peering_name){.relationship = relationship->name, .partner = partner};
}

/* -- Both can be asked ------------------------------------------------------------------------ */

static bool
fit(const struct pk_peering *a, const struct pk_peering *b)
{
    return strcmp(a->self, b->partner) == 0 && strcmp(a->partner, b->self) == 0;
}

/* Names the first two free peerings that fit; false when there are none. */
static bool
pair_both(struct pk_paired_server *a, struct pk_paired_server *b,
          const struct pk_wanted_relationship *relationship)
{
    for (size_t i = 0; i < a->peerings.count; i++) {
        for (size_t j = 0; j < b->peerings.count; j++) {
            if (a->names[i].relationship == NULL && b->names[j].relationship == NULL &&
                fit(&a->peerings.at[i], &b->peerings.at[j])) {
                give(&a->names[i], relationship, b->name);
                give(&b->names[j], relationship, a->name);
                return true;
            }
        }
    }
    return false;
}

static const char *
describe(struct pk_pool *pool, const struct pk_paired_server *server)
{
    const struct pk_peerings *peerings = &server->peerings;
    return peerings->count == 0
               ? pk_sprintf(pool, "%s has no high availability", server->name)
               : pk_sprintf(pool, "%s is %s and has %s for its partner%s", server->name,
                            peerings->at[0].self, peerings->at[0].partner,
                            peerings->count > 1 ? " (and others)" : "");
}

static void
note_misfit(const struct pairing *pairing, struct pk_paired_server *a, struct pk_paired_server *b,
            const struct pk_wanted_relationship *relationship)
{
    const char *problem = pk_sprintf(
        pairing->pool,
        "%s and %s are no pair, though Git has relationship %s between them: %s, %s; correct the "
        "`peers` of their high availability, the `url` of the servers, or the relationship",
        a->name, b->name, relationship->name, describe(pairing->pool, a),
        describe(pairing->pool, b));
    a->problem = a->problem == NULL ? problem : a->problem;
    b->problem = b->problem == NULL ? problem : b->problem;
}

/* -- Only one says something ------------------------------------------------------------------ */

/* Where neither of the two things is there twice, nothing else can be meant. */
static void
pair_one(const struct pairing *pairing, struct pk_paired_server *server,
         const struct pk_wanted_relationship *relationship, const char *partner)
{
    if (!server->answers || count_relationships(pairing, server->name) != 1) {
        return;
    }
    if (server->peerings.count == 1) {
        give(&server->names[0], relationship, partner);
    } else if (server->peerings.count == 0) {
        give(&server->alone, relationship, partner);
    }
}

/* -- All -------------------------------------------------------------------------------------- */

static void
pair_relationship(const struct pairing *pairing, const struct pk_wanted_relationship *relationship)
{
    const char *const *names = relationship->servers;
    struct pk_paired_server *a = find_server(pairing, names[PK_SERVER_1]);
    struct pk_paired_server *b = find_server(pairing, names[PK_SERVER_2]);
    bool both_answer = a != NULL && b != NULL && a->answers && b->answers;
    if (both_answer && (a->peerings.count != 0 || b->peerings.count != 0)) {
        if (!pair_both(a, b, relationship)) {
            note_misfit(pairing, a, b, relationship);
        }
        return;
    }
    if (a != NULL) {
        pair_one(pairing, a, relationship, names[PK_SERVER_2]);
    }
    if (b != NULL) {
        pair_one(pairing, b, relationship, names[PK_SERVER_1]);
    }
}

void
pk_pair_servers(struct pk_pool *pool, const struct pk_wanted_relationship *relationships,
                size_t relationship_count, struct pk_paired_server *servers, size_t count)
{
    const struct pairing pairing = {pool, relationships, relationship_count, servers, count};
    for (size_t i = 0; i < count; i++) {
        servers[i].names = pk_array(pool, struct pk_peering_name, servers[i].peerings.count);
        servers[i].alone = (struct pk_peering_name){.relationship = NULL};
        servers[i].problem = NULL;
    }
    for (size_t i = 0; i < relationship_count; i++) {
        pair_relationship(&pairing, &relationships[i]);
    }
}
