/*
 * One scope at a time, by commands that leave HA alone.  A scope is several commands (the subnet,
 * its network, each reservation); when one of them is refused, those before are taken back, so a
 * scope is written whole or not at all.  What cannot be taken back is unknown, and is looked at
 * before anything else happens to it.
 *
 * A subnet id cannot be changed in place: such a subnet is removed and made anew, back to back.
 */
#include "drivers/kea-site.h"

#include <string.h>

#include "base/json.h"
#include "drivers/kea-build.h"
#include "drivers/kea-edit.h"
#include "drivers/kea-inherit.h"
#include "drivers/kea-names.h"

/* One change while it is made. */
struct writing {
    const struct pk_kea_site *site;
    struct pk_pool *pool;
    const struct pk_change *change;
    struct pk_kea_found had;
    bool begun;           /* some command of it was taken      */
    bool keeps_its_place; /* what was there is changed in place */
    enum pk_outcome outcome;
    struct pk_error why;
    enum pk_code cut; /* the connection failed: PK_OK = it did not */
};

static enum pk_fault_id
cause_of(const struct pk_change *change)
{
    if (change->kind == PK_DELETE_SCOPE) {
        return PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_REMOTE;
    }
    return pk_sha256_is_zero(&change->expected) ? PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE
                                                : PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE;
}

/* @return true: done.  Else why is filled, and the outcome REFUSED or UNKNOWN. */
static bool
command(struct writing *writing, const char *name, const char *arguments)
{
    const struct pk_kea_site *site = writing->site;
    struct pk_kea_answer answer;
    struct pk_error err = {0};
    enum pk_code code =
        pk_kea_command(site->client, writing->pool, name, arguments, PK_KEA_CHANGES, &answer, &err);
    if (code != PK_OK) {
        writing->cut = code;
        writing->outcome = PK_OUTCOME_UNKNOWN;
        writing->why = err;
        return false;
    }
    if (answer.result != PK_KEA_SUCCESS) {
        writing->outcome = PK_OUTCOME_REFUSED;
        pk_error_set(&writing->why, PK_EREFUSED, site->name, "server %s refuses %s: %s", site->name,
                     name, answer.text);
        return false;
    }
    writing->begun = true;
    return true;
}

static bool
refuse(struct writing *writing, const struct pk_error *why)
{
    writing->outcome = PK_OUTCOME_REFUSED;
    writing->why = *why;
    return false;
}

/* -- Subnets ---------------------------------------------------------------------------------- */

/* Without its reservations: the commands for subnets refuse the very key. */
static const char *
subnet_arguments(struct pk_pool *pool, const struct pk_kea_value *subnet)
{
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, subnet->count + 1);
    struct pk_kea_value bare = {.kind = PK_KEA_MAP, .members = members};
    struct pk_text text = {.pool = pool};
    for (size_t i = 0; i < subnet->count; i++) {
        if (strcmp(subnet->members[i].key, "reservations") != 0) {
            members[bare.count++] = subnet->members[i];
        }
    }
    pk_text_add(&text, "{\"subnet4\":[");
    pk_kea_print(&text, &bare);
    pk_text_add(&text, "]}");
    return pk_text_end(&text);
}

static int64_t
id_of(const struct pk_kea_value *subnet)
{
    int64_t id = 0;
    (void)pk_kea_integer(subnet, "id", &id);
    return id;
}

static bool
delete_subnet(struct writing *writing, const struct pk_kea_value *subnet)
{
    return command(writing, "subnet4-del",
                   pk_sprintf(writing->pool, "{\"id\":%lld}", (long long)id_of(subnet)));
}

/* -- Shared networks -------------------------------------------------------------------------- */

static bool
same_name(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *
membership(struct pk_pool *pool, const char *network, int64_t id)
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "{\"name\":");
    pk_text_add_json(&text, network);
    pk_text_addf(&text, ",\"id\":%lld}", (long long)id);
    return pk_text_end(&text);
}

/* Makes sure that there is one of this name. */
static bool
need_network(struct writing *writing, const char *name)
{
    struct pk_text text = {.pool = writing->pool};
    struct pk_kea_answer answer;
    struct pk_error err = {0};
    pk_text_add(&text, "{\"name\":");
    pk_text_add_json(&text, name);
    pk_text_add(&text, "}");
    if (pk_kea_command(writing->site->client, writing->pool, "network4-get", pk_text_end(&text),
                       PK_KEA_READS, &answer, &err) != PK_OK) {
        return refuse(writing, &err);
    }
    if (answer.result == PK_KEA_SUCCESS) {
        return true;
    }
    struct pk_text network = {.pool = writing->pool};
    pk_text_add(&network, "{\"shared-networks\":[{\"name\":");
    pk_text_add_json(&network, name);
    pk_text_add(&network, ",\"subnet4\":[]}]}");
    return command(writing, "network4-add", pk_text_end(&network));
}

static bool
move_to_network(struct writing *writing, int64_t id, const char *from, const char *to)
{
    if (same_name(from, to)) {
        return true;
    }
    if (from != NULL &&
        !command(writing, "network4-subnet-del", membership(writing->pool, from, id))) {
        return false;
    }
    return to == NULL || (need_network(writing, to) && command(writing, "network4-subnet-add",
                                                               membership(writing->pool, to, id)));
}

/* -- Reservations ----------------------------------------------------------------------------- */

static bool
add_reservation(struct writing *writing, int64_t id, const struct pk_part *part)
{
    struct pk_kea_value reservation;
    struct pk_error err = {0};
    struct pk_text text = {.pool = writing->pool};
    if (pk_kea_build_reservation(writing->pool, part->key, part->value, &reservation, &err) !=
        PK_OK) {
        return refuse(writing, &err);
    }
    struct pk_text inner = {.pool = writing->pool};
    pk_kea_print(&inner, &reservation);
    /* a member more, before the brace that closes it */
    pk_text_addf(&text,
                 "{\"operation-target\":\"memory\",\"reservation\":%.*s,\"subnet-id\":%lld}}",
                 (int)inner.count - 1, inner.at, (long long)id);
    return command(writing, "reservation-add", pk_text_end(&text));
}

static bool
delete_reservation(struct writing *writing, int64_t id, const char *key)
{
    static const struct {
        const char *ours, *keas;
    } kinds[] = {{"mac", "hw-address"},
                 {"client-id", "client-id"},
                 {"duid", "duid"},
                 {"circuit-id", "circuit-id"},
                 {"flex-id", "flex-id"}};
    const char *bytes = strchr(key, '=');
    size_t length = (size_t)(bytes - key);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i].ours) == length && strncmp(kinds[i].ours, key, length) == 0) {
            return command(writing, "reservation-del",
                           pk_sprintf(writing->pool,
                                      "{\"operation-target\":\"memory\",\"subnet-id\":%lld,"
                                      "\"identifier-type\":\"%s\",\"identifier\":\"%s\"}",
                                      (long long)id, kinds[i].keas, bytes + 1));
        }
    }
    return false;
}

static const struct pk_field *
reservations(void)
{
    return &pk_scope_fields.at[PK_SCOPE_RESERVATIONS];
}

/* From what one row has to what the other has: first what goes, so that addresses are free. */
static bool
change_reservations(struct writing *writing, int64_t id, const struct pk_parts *from,
                    const struct pk_parts *to)
{
    static const struct pk_parts none;
    bool ok = true;
    const struct pk_parts *before = from != NULL ? from : &none;
    for (size_t i = 0; ok && i < before->count; i++) {
        const struct pk_part *part = &before->at[i];
        const char *stays =
            part->field == reservations() ? pk_parts_get(to, part->field, part->key) : part->value;
        if (stays == NULL || strcmp(stays, part->value) != 0) {
            ok = delete_reservation(writing, id, part->key);
        }
    }
    for (size_t i = 0; ok && i < to->count; i++) {
        const struct pk_part *part = &to->at[i];
        const char *is = part->field == reservations()
                             ? pk_parts_get(before, part->field, part->key)
                             : part->value;
        if (is == NULL || strcmp(is, part->value) != 0) {
            ok = add_reservation(writing, id, part);
        }
    }
    return ok;
}

/* -- Where it stands --------------------------------------------------------------------------
 */

/* Only what can be no other way is entered; where there is any doubt the server is asked. */
static void
enter_place(const struct writing *writing)
{
    struct pk_kea_listing *listing = writing->site->listing;
    const struct pk_change *change = writing->change;
    bool done = writing->outcome == PK_OUTCOME_WRITTEN;
    bool is_put = change->kind == PK_PUT_SCOPE;
    const char *network = is_put ? pk_kea_network_of(writing->pool, change->wanted) : NULL;
    if (done && is_put && network == NULL && !writing->had.is_there) {
        pk_kea_listing_add(listing, change->subnet);
    } else if (done && !is_put) {
        pk_kea_listing_remove(listing, change->subnet);
    } else if (!done || !writing->keeps_its_place || !same_name(writing->had.network, network)) {
        pk_kea_listing_doubt(listing);
    }
}

/* -- A scope ---------------------------------------------------------------------------------- */

/* Makes a subnet of @p row that is not there. */
static bool
make(struct writing *writing, const struct pk_kea_value *subnet, const struct pk_row *row)
{
    int64_t id = id_of(subnet);
    return command(writing, "subnet4-add", subnet_arguments(writing->pool, subnet)) &&
           move_to_network(writing, id, NULL, pk_kea_network_of(writing->pool, row)) &&
           change_reservations(writing, id, NULL, &row->parts);
}

static bool
change(struct writing *writing, const struct pk_kea_value *subnet, const struct pk_row *row)
{
    int64_t id = id_of(subnet);
    return command(writing, "subnet4-update", subnet_arguments(writing->pool, subnet)) &&
           move_to_network(writing, id, writing->had.network,
                           pk_kea_network_of(writing->pool, row)) &&
           change_reservations(writing, id, &writing->had.row.parts, &row->parts);
}

/*
 * Back to what was there: whatever the refused write had come to, the subnet is removed and made as
 * it was.  Only a server that refuses this as well leaves something unknown.
 */
static void
take_back(struct writing *writing, const struct pk_kea_value *subnet)
{
    struct writing undo = {.site = writing->site, .pool = writing->pool, .change = writing->change};
    bool was_there = writing->had.is_there;
    bool gone = delete_subnet(&undo, subnet) || undo.outcome == PK_OUTCOME_REFUSED;
    bool ok = gone && (!was_there || make(&undo, &writing->had.subnet, &writing->had.row));
    if (!ok) {
        writing->outcome = PK_OUTCOME_UNKNOWN;
        pk_error_prefix(&writing->why, "what was begun could not be taken back (%s)",
                        undo.why.message);
    }
}

static void
put(struct writing *writing)
{
    const struct pk_row *row = writing->change->wanted;
    struct pk_kea_value subnet;
    struct pk_error err = {0};
    const struct pk_kea_value *existing = writing->had.is_there ? &writing->had.subnet : NULL;
    struct pk_kea_level above;
    if (existing != NULL && pk_kea_holds_lossy(existing)) {
        pk_kea_refuse_lossy("were its subnet written anew", &err);
        refuse(writing, &err);
        return;
    }
    const struct pk_kea_site *site = writing->site;
    const struct pk_kea_style style = {
        .copied = true,
        .above = &above,
        .existing = existing,
        .server_name = pk_kea_link_name(writing->pool, site->dhcp4, &site->naming,
                                        row->relationship, existing),
    };
    if (pk_kea_level_above(writing->pool, site->dhcp4, pk_kea_network_of(writing->pool, row),
                           &above, &err) != PK_OK ||
        pk_kea_build_subnet(writing->pool, row, &style, &subnet, &err) != PK_OK) {
        refuse(writing, &err);
        return;
    }
    bool same_id = writing->had.is_there && id_of(&subnet) == id_of(&writing->had.subnet);
    writing->keeps_its_place = same_id;
    bool ok = !writing->had.is_there ? make(writing, &subnet, row)
              : same_id
                  ? change(writing, &subnet, row)
                  : delete_subnet(writing, &writing->had.subnet) && make(writing, &subnet, row);
    if (!ok && writing->outcome == PK_OUTCOME_REFUSED && writing->begun) {
        take_back(writing, &subnet);
    }
}

static bool
is_expected(const struct writing *writing)
{
    struct pk_sha256 now = {{0}};
    if (writing->had.is_there) {
        now = writing->had.row.hash;
    }
    return pk_sha256_equal(&now, &writing->change->expected);
}

static void
write_one(struct writing *writing)
{
    writing->cut = pk_kea_find_scopes(writing->site, writing->pool, &writing->change->subnet, 1,
                                      &writing->had, &writing->why);
    if (writing->cut != PK_OK) {
        writing->outcome = PK_OUTCOME_NOT_RUN;
        return;
    }
    if (!is_expected(writing)) {
        writing->outcome = PK_OUTCOME_STALE;
        return;
    }
    writing->outcome = PK_OUTCOME_WRITTEN;
    if (writing->change->kind == PK_PUT_SCOPE) {
        put(writing);
    } else if (writing->had.is_there) {
        (void)delete_subnet(writing, &writing->had.subnet);
    }
    enter_place(writing);
}

enum pk_code
pk_kea_write_scopes(const struct pk_kea_site *site, const struct pk_change *changes, size_t count,
                    struct pk_change_result *results, struct pk_error *err)
{
    memset(results, 0, count * sizeof *results);
    for (size_t i = 0; i < count; i++) {
        PK_SCRATCH(pool);
        struct writing writing = {.site = site, .pool = pool, .change = &changes[i]};
        write_one(&writing);
        results[i].outcome = writing.outcome;
        if (writing.cut != PK_OK) {
            return pk_error_set(err, writing.cut, site->name, "%s", writing.why.message);
        }
        if (writing.outcome == PK_OUTCOME_REFUSED || writing.outcome == PK_OUTCOME_UNKNOWN) {
            pk_fault_set(&results[i].fault, PK_FAULT_NONE, cause_of(&changes[i]), "%s",
                         writing.why.message);
        }
    }
    return PK_OK;
}
