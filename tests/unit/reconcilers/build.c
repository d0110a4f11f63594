/*
 * The text is cut at spaces; every line is handed to the row of a table that its first word names.
 */
#include "build.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

struct words {
    char **at;
    size_t count;
};

struct row_list {
    PK_VECTOR(struct pk_row) list;
};

struct move_list {
    PK_VECTOR(struct pk_move) list;
};

struct relation_list {
    PK_VECTOR(struct pk_relation) list;
};

struct builder {
    struct pk_pool *pool;
    struct pk_pair_view *view;
    struct pk_wanted_relationship *relationship;
    PK_VECTOR(struct pk_wanted_scope) wanted;
    struct row_list rows[PK_PAIR], base[PK_PAIR], owned;
    struct relation_list relations[PK_PAIR];
    struct move_list leaving, coming, relinked;
    struct {
        PK_VECTOR(struct pk_retired_id) list;
    } retired[PK_PAIR];
};

static const struct pk_capabilities embedded = {
    .writes = true, .batch_limit = 1, .keeps_relationships = true};
static const struct pk_capabilities paired = {
    .writes = true, .batch_limit = 1, .has_pair_states = true};

struct pk_prefix
build_subnet(const char *text)
{
    struct pk_prefix subnet;
    assert_true(pk_parse_prefix(text, &subnet));
    return subnet;
}

static bool
has_prefix(const char *word, const char *prefix)
{
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* What stands behind `name:`, or NULL when the word is something else. */
static const char *
setting(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == ':' ? word + length + 1 : NULL;
}

/* -- Parts --------------------------------------------------------------------------------------
 */

/* `name=value`; a reservation's name has a `=` of its own. */
static bool
parse_part(struct builder *builder, const struct pk_field_table *table, const char *word,
           struct pk_part *part)
{
    const char *from = has_prefix(word, "reservations.") ? strchr(word, '=') + 1 : word;
    const char *equals = strchr(from, '=');
    if (equals == NULL) {
        return false;
    }
    const char *name = pk_strndup(builder->pool, word, (size_t)(equals - word));
    if (!pk_part_parse_name(table, name, &part->field, &part->key)) {
        fail_msg("no part is called %s", name);
    }
    part->value = equals + 1;
    return true;
}

static struct pk_parts
parse_parts(struct builder *builder, const struct pk_field_table *table, struct words words,
            struct pk_part *extra)
{
    struct pk_part *parts = pk_array(builder->pool, struct pk_part, words.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < words.count; i++) {
        count += parse_part(builder, table, words.at[i], &parts[count]);
    }
    if (extra != NULL) {
        parts[count++] = *extra;
    }
    return pk_parts_canonical(parts, count);
}

static struct words
rest(struct words words, size_t from)
{
    return (struct words){words.at + from, words.count - from};
}

/* -- Lines --------------------------------------------------------------------------------------
 */

static struct pk_part
link_to(struct builder *builder, const char *name)
{
    return (struct pk_part){&pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], "",
                            pk_sprintf(builder->pool, "\"%s\"", name)};
}

static struct pk_row
parse_row(struct builder *builder, struct words words)
{
    const char *name = builder->relationship->name;
    int64_t leases = 0;
    for (size_t i = 1; i < words.count; i++) {
        const char *link = setting(words.at[i], "link"), *count = setting(words.at[i], "leases");
        name = link == NULL ? name : strcmp(link, "-") == 0 ? NULL : link;
        leases = count == NULL             ? leases
                 : strcmp(count, "?") == 0 ? PK_LEASES_UNKNOWN
                                           : strtoll(count, NULL, 10);
    }
    struct pk_part link = {0};
    if (name != NULL) {
        link = link_to(builder, name);
    }
    struct pk_row row = {
        .subnet = build_subnet(words.at[0]),
        .relationship = name,
        .parts =
            parse_parts(builder, &pk_scope_fields, rest(words, 1), name != NULL ? &link : NULL),
        .active_leases = leases,
    };
    row.hash = pk_parts_hash(&row.parts);
    return row;
}

static void
add_row(struct builder *builder, struct row_list *rows, struct words words)
{
    *pk_push(builder->pool, &rows->list) = parse_row(builder, words);
}

static void
line_a(struct builder *builder, struct words words)
{
    add_row(builder, &builder->rows[PK_SERVER_1], words);
}

static void
line_b(struct builder *builder, struct words words)
{
    add_row(builder, &builder->rows[PK_SERVER_2], words);
}

static void
line_both(struct builder *builder, struct words words)
{
    line_a(builder, words);
    line_b(builder, words);
}

static void
line_base_a(struct builder *builder, struct words words)
{
    add_row(builder, &builder->base[PK_SERVER_1], words);
}

static void
line_base_b(struct builder *builder, struct words words)
{
    add_row(builder, &builder->base[PK_SERVER_2], words);
}

static void
line_base(struct builder *builder, struct words words)
{
    line_base_a(builder, words);
    line_base_b(builder, words);
}

static void
line_same(struct builder *builder, struct words words)
{
    line_both(builder, words);
    line_base(builder, words);
}

static void
line_owned(struct builder *builder, struct words words)
{
    for (size_t i = 0; i < words.count; i++) {
        add_row(builder, &builder->owned, (struct words){words.at + i, 1});
    }
}

static void
line_want(struct builder *builder, struct words words)
{
    struct pk_wanted_scope scope = {
        .subnet = build_subnet(words.at[0]),
        .relationship = builder->relationship->name,
        .owned = 1ULL << PK_SCOPE_RELATIONSHIP,
    };
    const char **kea = pk_array(builder->pool, const char *, words.count);
    for (size_t i = 1; i < words.count; i++) {
        const char *own = setting(words.at[i], "own");
        struct pk_part part = {.field = own != NULL ? pk_field_find(&pk_scope_fields, own) : NULL};
        assert_true(own != NULL || parse_part(builder, &pk_scope_fields, words.at[i], &part));
        size_t index = pk_field_index(&pk_scope_fields, part.field);
        if (index == PK_SCOPE_KEA) {
            kea[scope.owned_kea_count++] = part.key;
        } else {
            scope.owned |= 1ULL << index;
        }
    }
    struct pk_part link = link_to(builder, builder->relationship->name);
    scope.owned_kea = kea;
    scope.parts = parse_parts(builder, &pk_scope_fields, rest(words, 1), &link);
    *pk_push(builder->pool, &builder->wanted) = scope;
}

static void
set_policy(struct builder *builder, const char *word)
{
    struct pk_wanted_relationship *relationship = builder->relationship;
    const struct {
        const char *word;
        int *at, value;
    } policies[] = {
        {"source:b", &relationship->source, PK_SERVER_2},
        {"heal:commits", (int *)&relationship->heal, PK_HEAL_COMMITS},
        {"heal:report", (int *)&relationship->heal, PK_HEAL_REPORT},
        {"prune:owned", (int *)&relationship->prune, PK_PRUNE_OWNED},
        {"foreign:replicate", (int *)&relationship->foreign, PK_FOREIGN_REPLICATE},
        {"settings:enforce", (int *)&relationship->settings, PK_SETTINGS_ENFORCE},
    };
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (strcmp(word, policies[i].word) == 0) {
            *policies[i].at = policies[i].value;
            return;
        }
    }
    struct pk_part part;
    if (!parse_part(builder, &pk_relationship_fields, word, &part)) {
        fail_msg("unknown word %s", word);
    }
    relationship->owned |= 1ULL << pk_field_index(&pk_relationship_fields, part.field);
}

static void
line_relationship(struct builder *builder, struct words words)
{
    struct pk_wanted_relationship *relationship = builder->relationship;
    relationship->name = words.at[0];
    for (size_t i = 1; i < words.count; i++) {
        set_policy(builder, words.at[i]);
    }
    struct pk_part servers = {&pk_relationship_fields.at[PK_RELATIONSHIP_SERVERS], "",
                              "[\"a\",\"b\"]"};
    relationship->parts = parse_parts(builder, &pk_relationship_fields, rest(words, 1), &servers);
}

static struct pk_relation
parse_relation(struct builder *builder, struct words words)
{
    struct pk_part servers = {
        &pk_relationship_fields.at[PK_RELATIONSHIP_SERVERS], "",
        pk_sprintf(builder->pool, "[\"%s\",\"%s\"]", words.at[1], words.at[2])};
    struct pk_relation relation = {
        .name = words.at[0],
        .servers = {words.at[1], words.at[2]},
        .parts = parse_parts(builder, &pk_relationship_fields, rest(words, 3), &servers),
    };
    for (size_t i = 3; i < words.count; i++) {
        const char *state = setting(words.at[i], "state");
        for (int s = PK_PAIR_NORMAL; state != NULL && s <= PK_PAIR_OUT_OF_TOUCH; s++) {
            if (strcmp(state, pk_pair_state_name((enum pk_pair_state)s)) == 0) {
                relation.state = (enum pk_pair_state)s;
            }
        }
    }
    return relation;
}

static void
line_relation_a(struct builder *builder, struct words words)
{
    *pk_push(builder->pool, &builder->relations[PK_SERVER_1].list) = parse_relation(builder, words);
}

static void
line_relation_b(struct builder *builder, struct words words)
{
    *pk_push(builder->pool, &builder->relations[PK_SERVER_2].list) = parse_relation(builder, words);
}

static void
line_relation(struct builder *builder, struct words words)
{
    line_relation_a(builder, words);
    line_relation_b(builder, words);
}

static void
line_relation_base(struct builder *builder, struct words words)
{
    struct pk_relation *base = pk_new(builder->pool, struct pk_relation);
    *base = parse_relation(builder, words);
    builder->view->base_relation = base;
}

static void
add_move(struct builder *builder, struct move_list *moves, struct words words)
{
    struct pk_move move = {.subnet = build_subnet(words.at[0]), .other = words.at[1]};
    for (size_t i = 2; i < words.count; i++) {
        move.other_prunes = move.other_prunes || strcmp(words.at[i], "prunes") == 0;
        move.still_there = move.still_there || strcmp(words.at[i], "still") == 0;
    }
    *pk_push(builder->pool, &moves->list) = move;
}

static void
line_leaving(struct builder *builder, struct words words)
{
    add_move(builder, &builder->leaving, words);
}

static void
line_coming(struct builder *builder, struct words words)
{
    add_move(builder, &builder->coming, words);
}

static void
line_relinked(struct builder *builder, struct words words)
{
    add_move(builder, &builder->relinked, words);
}

static void
line_retired_a(struct builder *builder, struct words words)
{
    *pk_push(builder->pool, &builder->retired[PK_SERVER_1].list) = (struct pk_retired_id){
        .id = (uint32_t)strtoul(words.at[0], NULL, 10), .subnet = build_subnet(words.at[1])};
}

static void
line_renamed(struct builder *builder, struct words words)
{
    builder->view->renamed_from = words.at[0];
}

static void
line_bases_unknown(struct builder *builder, struct words words)
{
    (void)words;
    builder->view->bases_unknown = true;
}

static void
line_unlinked_a(struct builder *builder, struct words words)
{
    (void)words;
    builder->view->adopts_unlinked[PK_SERVER_1] = true;
}

static void
line_kea(struct builder *builder, struct words words)
{
    (void)words;
    builder->view->servers[PK_SERVER_1].capabilities = &paired;
    builder->view->servers[PK_SERVER_2].capabilities = &paired;
}

static const struct line {
    const char *word;
    void (*read)(struct builder *builder, struct words words);
    size_t least_words;
} lines[] = {
    {"relationship", line_relationship, 1},
    {"want", line_want, 1},
    {"a", line_a, 1},
    {"b", line_b, 1},
    {"both", line_both, 1},
    {"base-a", line_base_a, 1},
    {"base-b", line_base_b, 1},
    {"base", line_base, 1},
    {"same", line_same, 1},
    {"owned", line_owned, 1},
    {"relation-a", line_relation_a, 3},
    {"relation-b", line_relation_b, 3},
    {"relation", line_relation, 3},
    {"relation-base", line_relation_base, 3},
    {"leaving", line_leaving, 2},
    {"coming", line_coming, 2},
    {"relinked", line_relinked, 2},
    {"retired-a", line_retired_a, 2},
    {"renamed", line_renamed, 1},
    {"bases-unknown", line_bases_unknown, 0},
    {"unlinked-a", line_unlinked_a, 0},
    {"kea", line_kea, 0},
};

/* -- The view -----------------------------------------------------------------------------------
 */

static struct words
split(struct pk_pool *pool, char *line)
{
    struct words words = {.at = pk_array(pool, char *, strlen(line) + 1)};
    char *state = NULL;
    for (char *word = strtok_r(line, " ", &state); word != NULL;
         word = strtok_r(NULL, " ", &state)) {
        words.at[words.count++] = word;
    }
    return words;
}

static void
read_line(struct builder *builder, char *line)
{
    struct words words = split(builder->pool, line);
    if (words.count == 0 || words.at[0][0] == '#') {
        return;
    }
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strcmp(lines[i].word, words.at[0]) == 0) {
            assert_true(words.count > lines[i].least_words);
            lines[i].read(builder, rest(words, 1));
            return;
        }
    }
    fail_msg("unknown line %s", words.at[0]);
}

static int
compare_subnets(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_row *)a)->subnet,
                             ((const struct pk_row *)b)->subnet);
}

_Static_assert(offsetof(struct pk_row, subnet) == 0 && offsetof(struct pk_move, subnet) == 0 &&
                   offsetof(struct pk_wanted_scope, subnet) == 0,
               "one comparison sorts all that begins with a subnet");

static void
sort(void *at, size_t count, size_t bytes)
{
    if (count > 0) {
        qsort(at, count, bytes, compare_subnets);
    }
}

static struct pk_rows
finish_rows(struct row_list *rows)
{
    sort(rows->list.at, rows->list.count, sizeof *rows->list.at);
    return (struct pk_rows){rows->list.at, rows->list.count};
}

static struct pk_moves
finish_moves(struct move_list *moves)
{
    sort(moves->list.at, moves->list.count, sizeof *moves->list.at);
    return (struct pk_moves){moves->list.at, moves->list.count};
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(((const struct pk_relation *)a)->name, ((const struct pk_relation *)b)->name);
}

static void
finish(struct builder *builder)
{
    struct pk_pair_view *view = builder->view;
    sort(builder->wanted.at, builder->wanted.count, sizeof *builder->wanted.at);
    view->scopes = (struct pk_wanted_scopes){builder->wanted.at, builder->wanted.count};
    view->owned_before = finish_rows(&builder->owned);
    view->leaving = finish_moves(&builder->leaving);
    view->coming = finish_moves(&builder->coming);
    view->relinked = finish_moves(&builder->relinked);
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_server_view *server = &view->servers[side];
        struct relation_list *relations = &builder->relations[side];
        if (relations->list.count > 0) {
            qsort(relations->list.at, relations->list.count, sizeof *relations->list.at,
                  compare_names);
        }
        server->rows = finish_rows(&builder->rows[side]);
        server->relations = (struct pk_relations){relations->list.at, relations->list.count};
        server->retired_ids = (struct pk_retired_ids){builder->retired[side].list.at,
                                                      builder->retired[side].list.count};
        view->base[side] = finish_rows(&builder->base[side]);
    }
}

struct pk_pair_view *
build_view(struct pk_pool *pool, const char *text)
{
    struct builder builder = {
        .pool = pool,
        .view = pk_new(pool, struct pk_pair_view),
        .relationship = pk_new(pool, struct pk_wanted_relationship),
    };
    *builder.relationship =
        (struct pk_wanted_relationship){.name = "campus", .servers = {"a", "b"}};
    builder.view->relationship = builder.relationship;
    for (int side = 0; side < PK_PAIR; side++) {
        builder.view->servers[side] = (struct pk_server_view){
            .name = builder.relationship->servers[side],
            .known = true,
            .writes = true,
            .capabilities = &embedded,
        };
    }
    char *copy = pk_strdup(pool, text), *state = NULL;
    for (char *line = strtok_r(copy, "\n", &state); line != NULL;
         line = strtok_r(NULL, "\n", &state)) {
        read_line(&builder, line);
    }
    finish(&builder);
    return builder.view;
}

struct pk_plan_options
build_options(void)
{
    return (struct pk_plan_options){.limits = pk_guard_default_limits};
}

/* -- Plans as text ------------------------------------------------------------------------------
 */

static void
describe_changes(struct pk_text *out, const struct pk_relationship_plan *plan,
                 const struct pk_action *action)
{
    const char *before = "";
    for (size_t i = 0; i < action->change_count; i++) {
        const struct pk_row_change *change = &action->changes[i];
        const char *verb = change->row == NULL ? " delete" : " write";
        pk_text_addf(out, "%s %s", strcmp(verb, before) != 0 ? verb : "",
                     plan->view->servers[change->side].name);
        before = verb;
    }
}

const char *
describe_actions(struct pk_pool *pool, const struct pk_relationship_plan *plan)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        pk_text_add(&out, pk_operation_name(action->kind));
        for (size_t j = 0; j < action->scope_count; j++) {
            pk_text_addf(&out, "%s%s", j == 0 ? " " : ",",
                         pk_prefix_text(pool, action->scopes[j]->subnet));
        }
        pk_text_addf(&out, " %s>%s", plan->view->servers[action->from].name,
                     plan->view->servers[action->to].name);
        describe_changes(&out, plan, action);
        if (action->status == PK_ACTION_NOT_APPLICABLE) {
            pk_text_addf(&out, " not-applicable: %s", action->reason);
        }
        if (action->block != PK_BLOCK_NONE) {
            pk_text_addf(&out, " blocked %s", pk_block_name(action->block));
        }
        pk_text_add(&out, "\n");
    }
    return pk_text_end(&out);
}

static const char *
or_dash(const char *value)
{
    return value != NULL ? value : "-";
}

const char *
describe_differences(struct pk_pool *pool, const struct pk_comparison *comparison)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pk_scope_state *scope = &comparison->at[i];
        for (size_t j = 0; j < scope->difference_count; j++) {
            const struct pk_difference *difference = &scope->differences[j];
            pk_text_addf(&out, "%s %s %s %s>%s %s\n", pk_prefix_text(pool, scope->subnet),
                         difference->side == PK_SERVER_1 ? "a" : "b",
                         pk_part_name(pool, difference->field, difference->key),
                         or_dash(difference->have), or_dash(difference->want),
                         pk_cause_name(difference->cause));
        }
    }
    return pk_text_end(&out);
}

const char *
describe_parts(struct pk_pool *pool, const struct pk_parts *parts)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < parts->count; i++) {
        pk_text_addf(&out, "%s%s=%s", i > 0 ? " " : "",
                     pk_part_name(pool, parts->at[i].field, parts->at[i].key), parts->at[i].value);
    }
    return pk_text_end(&out);
}
