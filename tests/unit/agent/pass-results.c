/*
 * A rig collects one relationship's plan with as few words as possible; a story puts rigs together.
 * Nothing is computed: what a renderer shows must be what stands here.
 */
#include "pass-results.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SCOPES = 24, MOST_ACTIONS = 24, MOST_DIFFERENCES = 12, MOST_PARTS = 12 };

static const char commit[] = "3f2c1ab09d8e7f6a5b4c3d2e1f00112233445566";

struct rig {
    struct pk_pool *pool;
    struct pk_wanted_relationship *wanted;
    struct pk_pair_view *view;
    struct pk_scope_state *scopes;
    struct pk_action *actions;
    struct pk_foreign *foreign;
    struct pk_unknown_server *unknown;
    struct pk_difference *settings;
    struct pk_pass_relationship it;
};

static struct pk_sha256
digest_of(const char *text)
{
    return pk_sha256_of(text, strlen(text));
}

static struct rig
rig_of(struct pk_pool *pool, const char *name, const char *first, const char *second)
{
    struct rig rig = {.pool = pool};
    rig.wanted = pk_new(pool, struct pk_wanted_relationship);
    *rig.wanted = (struct pk_wanted_relationship){.name = name, .servers = {first, second}};
    rig.view = pk_new(pool, struct pk_pair_view);
    rig.view->relationship = rig.wanted;
    rig.view->servers[0] = (struct pk_server_view){.name = first, .known = true, .writes = true};
    rig.view->servers[1] = (struct pk_server_view){.name = second, .known = true, .writes = true};
    rig.scopes = pk_array(pool, struct pk_scope_state, MOST_SCOPES);
    rig.actions = pk_array(pool, struct pk_action, MOST_ACTIONS);
    rig.foreign = pk_array(pool, struct pk_foreign, MOST_SCOPES);
    rig.unknown = pk_array(pool, struct pk_unknown_server, PK_PAIR);
    rig.settings = pk_array(pool, struct pk_difference, MOST_DIFFERENCES);
    rig.it.name = name;
    rig.it.plan.view = rig.view;
    rig.it.plan.is_known = true;
    rig.it.plan.digest = digest_of(name);
    rig.it.plan.actions = rig.actions;
    rig.it.plan.foreign = rig.foreign;
    rig.it.plan.comparison.at = rig.scopes;
    rig.it.plan.comparison.settings = rig.settings;
    rig.it.unknown = rig.unknown;
    return rig;
}

static struct pk_prefix
prefix(const char *text)
{
    struct pk_prefix out = {0, 0};
    pk_parse_prefix(text, &out);
    return out;
}

static struct pk_row *
row_of(struct rig *rig, struct pk_prefix subnet, const char *id, const char *name)
{
    struct pk_row *row = pk_new(rig->pool, struct pk_row);
    struct pk_part *parts = pk_array(rig->pool, struct pk_part, 2);
    parts[0] = (struct pk_part){&pk_scope_fields.at[PK_SCOPE_ID], "", id};
    parts[1] = (struct pk_part){&pk_scope_fields.at[PK_SCOPE_NAME], "", name};
    *row = (struct pk_row){.subnet = subnet, .parts = {parts, 2}};
    return row;
}

/* Wanted, and held by both servers with one id. */
static struct pk_scope_state *
scope(struct rig *rig, const char *subnet, const char *name)
{
    struct pk_scope_state *state = &rig->scopes[rig->it.plan.comparison.count++];
    struct pk_wanted_scope *wanted = pk_new(rig->pool, struct pk_wanted_scope);
    struct pk_row *row = row_of(rig, prefix(subnet), "20", name);
    *wanted = (struct pk_wanted_scope){
        .subnet = row->subnet, .relationship = rig->it.name, .parts = row->parts};
    *state = (struct pk_scope_state){
        .subnet = row->subnet,
        .wanted = wanted,
        .have = {row, row},
        .replaces = row->subnet,
        .differences = pk_array(rig->pool, struct pk_difference, MOST_DIFFERENCES),
    };
    return state;
}

static void
differs(struct pk_scope_state *state, int side, enum pk_scope_field field, const char *key,
        const char *have, const char *want, enum pk_cause cause)
{
    struct pk_difference difference = {.side = side,
                                       .field = &pk_scope_fields.at[field],
                                       .key = key,
                                       .have = have,
                                       .want = want,
                                       .cause = cause};
    struct pk_difference *at = (struct pk_difference *)(uintptr_t)state->differences;
    at[state->difference_count++] = difference;
}

static void
setting(struct rig *rig, int side, enum pk_relationship_field field, const char *have,
        const char *want)
{
    rig->settings[rig->it.plan.comparison.settings_count++] =
        (struct pk_difference){.side = side,
                               .field = &pk_relationship_fields.at[field],
                               .key = "",
                               .have = have,
                               .want = want,
                               .cause = PK_CAUSE_GIT};
}

/* Writes the rows of @p state on server 1, 2 or both. */
static struct pk_action *
action(struct rig *rig, enum pk_operation_kind kind, struct pk_scope_state *state, bool first,
       bool second)
{
    struct pk_action *out = &rig->actions[rig->it.plan.action_count++];
    const struct pk_scope_state **scopes = pk_array(rig->pool, const struct pk_scope_state *, 1);
    struct pk_row_change *changes = pk_array(rig->pool, struct pk_row_change, PK_PAIR);
    *out = (struct pk_action){
        .kind = kind, .from = PK_SERVER_1, .to = PK_SERVER_2, .changes = changes};
    if (state != NULL) {
        scopes[0] = state;
        out->scopes = scopes;
        out->scope_count = 1;
        state->writes[PK_SERVER_1] = first;
        state->writes[PK_SERVER_2] = second;
    }
    if (first) {
        changes[out->change_count++].side = PK_SERVER_1;
    }
    if (second) {
        changes[out->change_count++].side = PK_SERVER_2;
    }
    return out;
}

static void
foreign(struct rig *rig, const char *subnet, int side, bool dropped)
{
    rig->foreign[rig->it.plan.foreign_count++] =
        (struct pk_foreign){.subnet = prefix(subnet), .side = side, .dropped = dropped};
}

static void
hold(struct rig *rig, enum pk_guard guard, uint32_t tripped, const char *reason)
{
    rig->it.plan.held = (struct pk_held){
        .is_held = true, .guard = guard, .tripped = tripped | 1U << guard, .reason = reason};
}

/* One scope to replicate, which is enough to be drifted. */
static void
drift_a_little(struct rig *rig, const char *subnet)
{
    struct pk_scope_state *state = scope(rig, subnet, "\"Lab\"");
    differs(state, PK_SERVER_2, PK_SCOPE_STATE, "", NULL, "\"inactive\"", PK_CAUSE_PARTNER);
    action(rig, PK_OPERATION_REPLICATE_SCOPE, state, false, true)->reason = "partner edited";
}

static struct pk_pass_result
result_of(struct pk_pool *pool, struct rig *const *rigs, size_t count)
{
    struct pk_pass_relationship *at = pk_array(pool, struct pk_pass_relationship, count + 1);
    for (size_t i = 0; i < count; i++) {
        at[i] = rigs[i]->it;
    }
    return (struct pk_pass_result){.ref = "main",
                                   .commit = commit,
                                   .attempted = commit,
                                   .relationships = at,
                                   .relationship_count = count,
                                   .digest = digest_of("plan")};
}

#define RESULT(pool, ...)                                                                          \
    result_of((pool), (struct rig *const[]){__VA_ARGS__},                                          \
              sizeof((struct rig *const[]){__VA_ARGS__}) / sizeof(struct rig *))

/* Owned by Git: the fields whose bits are set. */
static void
owns(struct pk_scope_state *state, uint64_t fields)
{
    struct pk_wanted_scope *wanted = (struct pk_wanted_scope *)(uintptr_t)state->wanted;
    wanted->owned = fields;
}

static void
add_create(struct rig *rig)
{
    struct pk_scope_state *state = scope(rig, "10.20.1.0/24", "\"Library, floor 2\"");
    state->have[PK_SERVER_1] = state->have[PK_SERVER_2] = NULL;
    owns(state, 1U << PK_SCOPE_NAME | 1U << PK_SCOPE_RANGES);
    for (int side = 0; side < PK_PAIR; side++) {
        differs(state, side, PK_SCOPE_ID, "", NULL, "21", PK_CAUSE_GIT);
        differs(state, side, PK_SCOPE_NAME, "", NULL, "\"Library, floor 2\"", PK_CAUSE_GIT);
        differs(state, side, PK_SCOPE_RANGES, "", NULL, "[\"10.20.1.50-10.20.1.200\"]",
                PK_CAUSE_GIT);
    }
    action(rig, PK_OPERATION_CREATE_SCOPE, state, true, true)->reason = "new in Git";
}

static void
add_update(struct rig *rig)
{
    struct pk_scope_state *state = scope(rig, "10.20.0.0/24", "\"Library, floor 1\"");
    differs(state, PK_SERVER_1, PK_SCOPE_LEASE_TIME, "", "28800", "43200", PK_CAUSE_GIT);
    differs(state, PK_SERVER_2, PK_SCOPE_LEASE_TIME, "", "28800", "43200", PK_CAUSE_GIT);
    differs(state, PK_SERVER_2, PK_SCOPE_OPTIONS, "routers", "[\"10.20.0.254\"]", "[\"10.20.0.1\"]",
            PK_CAUSE_PARTNER);
    action(rig, PK_OPERATION_UPDATE_SCOPE, state, true, true)->reason = "changed in Git";
}

static void
add_replicates(struct rig *rig)
{
    struct pk_scope_state *edited = scope(rig, "10.20.2.0/24", "\"Reading room\"");
    differs(edited, PK_SERVER_2, PK_SCOPE_STATE, "", NULL, "\"inactive\"", PK_CAUSE_SOURCE);
    differs(edited, PK_SERVER_2, PK_SCOPE_RESERVATIONS, "mac=00:1a:2b:3c:4d:5e", NULL,
            "{\"hostname\":\"printer-1\",\"ip\":\"10.20.2.61\"}", PK_CAUSE_BOTH);
    differs(edited, PK_SERVER_2, PK_SCOPE_KEA, "allocator", "\"random\"", NULL, PK_CAUSE_UNKNOWN);
    action(rig, PK_OPERATION_REPLICATE_SCOPE, edited, false, true)->reason = "edited";
    struct pk_scope_state *missing = scope(rig, "10.20.3.0/24", "\"Store\"");
    missing->have[PK_SERVER_2] = NULL;
    differs(missing, PK_SERVER_2, PK_SCOPE_NAME, "", NULL, "\"Store\"", PK_CAUSE_PARTNER);
    action(rig, PK_OPERATION_REPLICATE_SCOPE, missing, false, true)->reason = "missing on dhcp-b";
}

static struct pk_pass_result
every_kind(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    struct pk_scope_state *gone = scope(&campus, "10.20.8.0/24", "\"Old hall\"");
    gone->wanted = NULL;
    action(&campus, PK_OPERATION_DELETE_SCOPE, gone, true, true)->reason = "no longer in Git";
    struct pk_scope_state *resized = scope(&campus, "10.20.16.0/23", "\"Dormitory\"");
    resized->replaces = prefix("10.20.16.0/24");
    action(&campus, PK_OPERATION_REPLACE_SCOPE, resized, true, true)->reason = "another length";
    add_update(&campus);
    add_replicates(&campus);
    struct pk_scope_state *ids = scope(&campus, "10.20.4.0/24", "\"Café\"");
    ids->have[PK_SERVER_2] = row_of(&campus, ids->subnet, "77", "\"Café\"");
    differs(ids, PK_SERVER_2, PK_SCOPE_ID, "", "77", "20", PK_CAUSE_UNKNOWN);
    action(&campus, PK_OPERATION_REPLICATE_SCOPE, ids, false, true)->reason = "another id";
    add_create(&campus);
    foreign(&campus, "10.20.9.0/24", PK_SERVER_1, false);
    foreign(&campus, "10.20.10.0/24", PK_SERVER_1, true);
    foreign(&campus, "10.20.10.0/24", PK_SERVER_2, true);
    setting(&campus, PK_SERVER_1, PK_RELATIONSHIP_MCLT, NULL, "7200");
    setting(&campus, PK_SERVER_2, PK_RELATIONSHIP_MCLT, "1800", "7200");
    struct rig labs = rig_of(pool, "labs", "dhcp-a", "dhcp-c");
    struct rig offices = rig_of(pool, "offices", "dhcp-d", "dhcp-e");
    struct pk_pass_result result = RESULT(pool, &campus, &labs, &offices);
    result.summary = (struct pk_summary){.create = 1,
                                         .update = 2,
                                         .delete = 1,
                                         .replicate = 3,
                                         .foreign = 2,
                                         .in_sync = 12,
                                         .drifted = 7};
    return result;
}

static struct pk_pass_result
held(struct pk_pool *pool)
{
    struct rig adopt = rig_of(pool, "adopting", "dhcp-a", "dhcp-b");
    drift_a_little(&adopt, "10.1.0.0/24");
    hold(&adopt, PK_GUARD_ADOPT, 1U << PK_GUARD_UPDATES,
         "adopt: 1 scope would be overwritten that pairkeeper never verified; updates: 5 of 12");
    struct rig state = rig_of(pool, "disturbed", "dhcp-c", "dhcp-d");
    drift_a_little(&state, "10.2.0.0/24");
    hold(&state, PK_GUARD_PAIR_STATE, 0, "pair-state: dhcp-d says that the pair is disturbed");
    struct rig approved = rig_of(pool, "well-considered", "dhcp-e", "dhcp-f");
    drift_a_little(&approved, "10.3.0.0/24");
    hold(&approved, PK_GUARD_DELETES, 0, "deletes: 4 of 20 scopes would be deleted");
    approved.it.plan.approved = true;
    approved.it.plan.held.notes = "leases: dhcp-e cannot tell how many are active";
    struct pk_pass_result result = RESULT(pool, &adopt, &state, &approved);
    result.summary = (struct pk_summary){.replicate = 3, .drifted = 3};
    return result;
}

static struct pk_pass_result
unknown(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    campus.it.plan =
        (struct pk_relationship_plan){.view = campus.view}; /* nothing else is filled in then */
    campus.unknown[campus.it.unknown_count++] = (struct pk_unknown_server){
        "dhcp-b", "no answer within 10s from https://dhcp-b.example:8000/"};
    struct pk_pass_result result = RESULT(pool, &campus);
    result.summary = (struct pk_summary){.unknown = 14};
    static const char *const notes[] = {
        "old-campus: Git no longer names this relationship: its scopes are kept and not touched"};
    result.notes = notes;
    result.note_count = 1;
    result.attempted = "9a8b7c6d5e4f30211203f4e5d6c7b8a900112233";
    return result;
}

static struct pk_pass_result
not_allowed(struct pk_pool *pool)
{
    struct rig backing_off = rig_of(pool, "a-failing", "dhcp-a", "dhcp-b");
    drift_a_little(&backing_off, "10.1.0.0/24");
    backing_off.it.plan.permit = PK_PERMIT_BACKING_OFF;
    struct rig commits = rig_of(pool, "b-commits-only", "dhcp-a", "dhcp-b");
    struct pk_scope_state *alone = scope(&commits, "10.2.0.0/24", "\"Hall\"");
    alone->left_alone = true;
    differs(alone, PK_SERVER_2, PK_SCOPE_STATE, "", "\"inactive\"", NULL, PK_CAUSE_PARTNER);
    struct pk_scope_state *partly = scope(&commits, "10.2.1.0/24", "\"Stage\"");
    partly->left_alone = true;
    partly->write[PK_SERVER_2] = *partly->have[PK_SERVER_2];
    differs(partly, PK_SERVER_2, PK_SCOPE_NAME, "", "\"Stage\"", "\"Big stage\"", PK_CAUSE_PARTNER);
    differs(partly, PK_SERVER_2, PK_SCOPE_LEASE_TIME, "", "60", "28800", PK_CAUSE_GIT);
    action(&commits, PK_OPERATION_REPLICATE_SCOPE, partly, false, true);
    commits.it.plan.left_alone = 2;
    struct rig read_only = rig_of(pool, "c-read-only", "dhcp-a", "dhcp-b");
    drift_a_little(&read_only, "10.3.0.0/24");
    read_only.view->servers[PK_SERVER_2].writes = false;
    read_only.it.plan.permit = PK_PERMIT_NO_WRITES;
    struct rig report = rig_of(pool, "d-report", "dhcp-a", "dhcp-b");
    drift_a_little(&report, "10.4.0.0/24");
    report.it.plan.permit = PK_PERMIT_REPORT;
    struct rig by_git = rig_of(pool, "e-suspended-in-git", "dhcp-a", "dhcp-b");
    drift_a_little(&by_git, "10.5.0.0/24");
    by_git.wanted->suspend = true;
    by_git.it.plan.permit = PK_PERMIT_SUSPENDED;
    struct rig by_hand = rig_of(pool, "f-suspended", "dhcp-a", "dhcp-b");
    by_hand.it.plan.permit = PK_PERMIT_SUSPENDED;
    struct pk_pass_result result =
        RESULT(pool, &backing_off, &commits, &read_only, &report, &by_git, &by_hand);
    result.summary = (struct pk_summary){.replicate = 5, .drifted = 5};
    return result;
}

static struct pk_pass_result
whole_server(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    struct pk_action *all = action(&campus, PK_OPERATION_REPLICATE_SERVER, NULL, false, true);
    const struct pk_scope_state **scopes = pk_array(pool, const struct pk_scope_state *, 3);
    for (size_t i = 0; i < 3; i++) {
        static const char *const subnets[] = {"10.20.0.0/24", "10.20.1.0/24", "10.20.128.0/25"};
        struct pk_scope_state *state = scope(&campus, subnets[i], "\"Hall\"");
        state->writes[PK_SERVER_2] = true;
        if (i < 2) {
            state->have[PK_SERVER_2] = NULL;
        } else {
            differs(state, PK_SERVER_2, PK_SCOPE_SHARED_NETWORK, "", "\"north\"", NULL,
                    PK_CAUSE_PARTNER);
        }
        scopes[i] = state;
    }
    all->scopes = scopes;
    all->scope_count = 3;
    all->reason = "dhcp-b lacks 2 of 3 scopes";
    struct pk_pass_result result = RESULT(pool, &campus);
    result.summary = (struct pk_summary){.replicate = 3, .drifted = 3};
    return result;
}

static struct pk_pass_result
every_outcome(struct pk_pool *pool)
{
    static const char *const subnets[] = {
        [PK_ACTION_PLANNED] = "10.20.0.0/24", [PK_ACTION_DONE] = "10.20.1.0/24",
        [PK_ACTION_FAILED] = "10.20.2.0/24",  [PK_ACTION_BLOCKED] = "10.20.3.0/24",
        [PK_ACTION_HELD] = "10.20.4.0/24",    [PK_ACTION_STALE] = "10.20.5.0/24",
        [PK_ACTION_SKIPPED] = "10.20.6.0/24", [PK_ACTION_NOT_APPLICABLE] = "10.20.7.0/24",
        [PK_ACTION_NOT_RUN] = "10.20.8.0/24"};
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    setting(&campus, PK_SERVER_2, PK_RELATIONSHIP_LOAD_SPLIT, "60", NULL);
    struct pk_action *own = action(&campus, PK_OPERATION_RELATIONSHIP, NULL, false, true);
    own->reason = "settings differ";
    own->status = PK_ACTION_DONE;
    for (size_t i = 0; i < sizeof subnets / sizeof subnets[0]; i++) {
        drift_a_little(&campus, subnets[i]);
        campus.actions[campus.it.plan.action_count - 1].status = (enum pk_action_status)i;
    }
    struct pk_action *at = campus.actions + 1;
    pk_fault_set(&at[PK_ACTION_FAILED].fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES,
                 PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE,
                 "dhcp-b refused 10.20.2.0/24; read its log, then run this again");
    at[PK_ACTION_BLOCKED].block = PK_BLOCK_OVERLAP;
    at[PK_ACTION_BLOCKED].block_message = "10.20.0.0/16 on dhcp-b overlaps it; delete that one";
    at[PK_ACTION_NOT_APPLICABLE].reason = "dhcp-a does not hold this scope";
    struct pk_pass_result result = RESULT(pool, &campus);
    result.summary = (struct pk_summary){.replicate = 9, .drifted = 9};
    result.acted = true;
    return result;
}

static struct pk_pass_result
in_step(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    struct rig labs = rig_of(pool, "labs", "dhcp-a", "dhcp-c");
    campus.it.plan.digest = labs.it.plan.digest = (struct pk_sha256){{0}};
    struct pk_pass_result result = RESULT(pool, &campus, &labs);
    result.summary = (struct pk_summary){.in_sync = 26};
    result.digest = (struct pk_sha256){{0}};
    return result;
}

static struct pk_pass_result
by_hand(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    drift_a_little(&campus, "10.1.0.0/24");
    hold(&campus, PK_GUARD_SERVER_LOST, 1U << PK_GUARD_CONFLICT,
         "server-lost: dhcp-a lacks 12 of 14 scopes; conflict: 1 scope was edited on both servers");
    struct pk_pass_result result = RESULT(pool, &campus);
    result.summary = (struct pk_summary){.replicate = 1, .drifted = 1};
    return result;
}

static struct pk_pass_result
long_ones(struct pk_pool *pool)
{
    struct rig campus = rig_of(pool, "university-hospital-campus-north", "dhcp-north-primary",
                               "dhcp-north-secondary");
    struct pk_scope_state *state =
        scope(&campus, "172.16.128.0/20",
              "\"Zentrales Hörsaalgebäude, Erdgeschoss und erster Stock, drahtlos\"");
    differs(state, PK_SERVER_1, PK_SCOPE_RANGES, "", "[\"172.16.128.10-172.16.130.200\"]",
            "[\"172.16.128.10-172.16.129.99\",\"172.16.129.200-172.16.131.20\",{\"kea\":"
            "{\"client-classes\":[\"guests\"]},\"range\":\"172.16.140.0-172.16.140.255\"}]",
            PK_CAUSE_GIT);
    differs(state, PK_SERVER_2, PK_SCOPE_RANGES, "", NULL, "[\"172.16.128.10-172.16.129.99\"]",
            PK_CAUSE_PARTNER);
    differs(state, PK_SERVER_2, PK_SCOPE_OPTIONS, "vendor-encapsulated-options",
            "[\"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223\"]", NULL,
            PK_CAUSE_UNKNOWN);
    action(&campus, PK_OPERATION_UPDATE_SCOPE, state, true, true)->reason = "changed in Git";
    drift_a_little(&campus, "172.16.8.0/24");
    struct pk_pass_result result = RESULT(pool, &campus);
    result.summary = (struct pk_summary){.update = 1, .replicate = 1, .drifted = 2};
    return result;
}

struct pk_pass_result
result_with_value(struct pk_pool *pool, const char *have, const char *want)
{
    struct rig campus = rig_of(pool, "campus", "dhcp-a", "dhcp-b");
    struct pk_scope_state *state = scope(&campus, "10.20.0.0/24", "\"Hall\"");
    differs(state, PK_SERVER_2, PK_SCOPE_DESCRIPTION, "", have, want, PK_CAUSE_PARTNER);
    action(&campus, PK_OPERATION_REPLICATE_SCOPE, state, false, true);
    return RESULT(pool, &campus);
}

struct pk_pass_result
result_with_fault(struct pk_pool *pool, const char *message)
{
    struct pk_pass_result result = result_with_value(pool, NULL, "\"x\"");
    struct pk_action *failed = &result.relationships[0].plan.actions[0];
    failed->status = PK_ACTION_FAILED;
    pk_fault_set(&failed->fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES,
                 PK_FAULT_GENERIC_ERROR_OCCURRED, "%s", message);
    result.acted = true;
    return result;
}

const struct story stories[] = {
    {"every-kind", every_kind, false},
    {"held", held, false},
    {"unknown", unknown, false},
    {"not-allowed", not_allowed, false},
    {"whole-server", whole_server, false},
    {"every-outcome", every_outcome, false},
    {"in-step", in_step, false},
    {"in-step-by-hand", in_step, true},
    {"by-hand", by_hand, true},
    {"long-ones", long_ones, false},
};
const size_t story_count = sizeof stories / sizeof stories[0];

const struct story *
story(const char *name)
{
    for (size_t i = 0; i < story_count; i++) {
        if (strcmp(stories[i].name, name) == 0) {
            return &stories[i];
        }
    }
    abort();
}
