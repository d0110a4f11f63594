/*
 * A comment on a merge request, for forges that read GitHub's or GitLab's Markdown.
 *
 * Everything that comes from people or servers stands in <code> with every punctuation mark that
 * Markdown could read as an entity: code spans cannot hold every pipe inside a table, and forges
 * turn `@name`, `#12` and addresses into links everywhere but in code.
 *
 * Forges refuse comments that are too long, so rows are only added while there is room; what is
 * left out is counted, and the end that says so has its room kept.
 */
#include "agent/render.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "agent/render-parts.h"
#include "agent/render-text.h"
#include "base/text.h"
#include "base/utf8.h"

enum {
    LIMIT_BYTES = 59000, /* forges take 65,536 characters; no character is less than a byte */
    WWW = 3,
    VALUE_BYTES = 400, /* longer values are cut: the table stays readable */
    CONTINUATION_MASK = 0xc0,
    CONTINUATION = 0x80,
    DELETE = 0x7f,
    C1_END = 0x9f,
    EMBEDDING_FIRST = 0x202a, /* marks that turn the direction of text: they can hide a change */
    EMBEDDING_LAST = 0x202e,
    ISOLATE_FIRST = 0x2066,
    ISOLATE_LAST = 0x2069,
};

static const char replacement[] = "\xef\xbf\xbd";

struct page {
    struct pk_pool *pool;
    struct pk_text out;
    const struct pk_pass_result *result;
    struct pk_screen screen; /* only words are taken from it */
    size_t owed;             /* bytes of what has to be closed yet */
    size_t scopes_left_out, fields_left_out, relationships_left_out;
    bool by_hand;
};

/* -- Text of others -- */

static bool
is_unseen(uint32_t point)
{
    return point < ' ' || (point >= DELETE && point <= C1_END) ||
           (point >= EMBEDDING_FIRST && point <= EMBEDDING_LAST) ||
           (point >= ISOLATE_FIRST && point <= ISOLATE_LAST);
}

static bool
is_plain(uint32_t point)
{
    return point > DELETE || isalnum((int)point) || strchr(" ,-/", (int)point) != NULL;
}

/* A dot is plain but in `www.`, which forges take for an address. */
static bool
is_plain_dot(const char *text, const char *at)
{
    return *at == '.' && !(at - text >= WWW && strncasecmp(at - WWW, "www", WWW) == 0);
}

static const char *
code(struct pk_pool *pool, const char *text)
{
    struct pk_text out = {.pool = pool};
    uint32_t point = 0;
    if (*text == '\0') {
        return "";
    }
    pk_text_add(&out, "<code>");
    size_t length;
    for (const char *at = text; *at != '\0'; at += length) {
        length = pk_utf8_decode(at, SIZE_MAX, &point);
        if (length == 0 || is_unseen(point)) {
            pk_text_add(&out, point == '\n' && length != 0 ? " " : replacement);
            length = length == 0 ? 1 : length;
        } else if (is_plain(point) || is_plain_dot(text, at)) {
            pk_text_add_bytes(&out, at, length);
        } else {
            pk_text_addf(&out, "&#%u;", (unsigned)point);
        }
    }
    pk_text_add(&out, "</code>");
    return pk_text_end(&out);
}

/* Cut between characters. */
static const char *
cut(struct pk_pool *pool, const char *text)
{
    size_t bytes = strlen(text);
    if (bytes <= VALUE_BYTES) {
        return text;
    }
    size_t kept = VALUE_BYTES;
    while (kept > 0 && ((unsigned char)text[kept] & CONTINUATION_MASK) == CONTINUATION) {
        kept--;
    }
    return pk_sprintf(pool, "%.*s… (%zu bytes)", (int)kept, text, bytes);
}

/* -- The page -- */

/* Adds a piece when there is still room for it. */
static bool
add(struct page *page, const char *piece)
{
    size_t bytes = strlen(piece);
    if (page->out.count + bytes + page->owed > LIMIT_BYTES) {
        return false;
    }
    pk_text_add_bytes(&page->out, piece, bytes);
    return true;
}

static const char *
server_of(const struct pk_relationship_plan *plan, int side)
{
    return plan->view->servers[side].name;
}

static void
add_remark(struct page *page, const char *head, const char *text)
{
    add(page, pk_sprintf(page->pool, "> **%s** %s\n>\n", head, code(page->pool, text)));
}

static void
add_hold(struct page *page, const struct pk_relationship_plan *plan)
{
    const char *reason = plan->held.reason != NULL ? plan->held.reason : "";
    if (!plan->held.is_held) {
        return;
    }
    if (plan->approved) {
        add_remark(page, "Approved,", pk_sprintf(page->pool, "though held by %s", reason));
        return;
    }
    add_remark(page, "Held by", reason);
    if (page->by_hand && pk_held_is_answerable(&plan->held)) {
        add_remark(page, "To go on:", "a person answers this with --yes");
    } else if (pk_held_can_be_approved(&plan->held)) {
        add_remark(page, "To let it go:",
                   pk_sprintf(page->pool, "pairkeeper approve %s --reason …",
                              pk_sha256_text(page->pool, &plan->digest)));
    }
}

/* Who reviews a plan made by a run that may not write at all asks what others will do with it. */
static bool
is_of_this_run_alone(const struct page *page, const struct pk_relationship_plan *plan)
{
    const struct pk_server_view *servers = plan->view->servers;
    return !page->result->acted && plan->permit == PK_PERMIT_NO_WRITES &&
           servers[PK_SERVER_1].writes && servers[PK_SERVER_2].writes;
}

static void
add_remarks(struct page *page, const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    for (size_t i = 0; i < relationship->unknown_count; i++) {
        const struct pk_unknown_server *unknown = &relationship->unknown[i];
        add_remark(page, "Not readable:",
                   pk_sprintf(page->pool, "%s: %s", unknown->server,
                              unknown->reason != NULL ? unknown->reason : "no reason was given"));
    }
    if (!plan->is_known) {
        return;
    }
    add_hold(page, plan);
    if (plan->held.notes != NULL) {
        add_remark(page, "Note:", plan->held.notes);
    }
    const char *permit = pk_permit_words(page->pool, plan);
    if (permit != NULL && !is_of_this_run_alone(page, plan)) {
        add_remark(page, "Not acted on:", permit);
    }
}

static const char *
outcome(struct page *page, const struct pk_action *action)
{
    const char *text = "";
    if (page->result->acted || action->status == PK_ACTION_NOT_APPLICABLE) {
        text = pk_sprintf(page->pool, " · **%s**", pk_action_status_words(action->status));
    }
    if (action->block != PK_BLOCK_NONE) {
        text = pk_sprintf(
            page->pool, "%s · **blocked** %s", text,
            code(page->pool, action->block_message != NULL ? action->block_message : ""));
    }
    if (page->result->acted && action->fault.inner != PK_FAULT_NONE) {
        text = pk_sprintf(page->pool, "%s · %s", text, code(page->pool, action->fault.message));
    }
    return text;
}

static const char *
row_of_scope(struct page *page, const struct pk_scope_state *scope, const char *words,
             const char *after)
{
    const char *label = cut(page->pool, pk_scope_label(page->pool, scope));
    return pk_sprintf(page->pool, "| %s | %s | %s%s |\n",
                      code(page->pool, pk_prefix_text(page->pool, scope->subnet)),
                      code(page->pool, label), words, after);
}

static void
add_action(struct page *page, const struct pk_relationship_plan *plan,
           const struct pk_action *action)
{
    const char *words = code(page->pool, pk_text_action_words(&page->screen, plan, action));
    const char *after = outcome(page, action);
    bool is_one = action->scope_count == 1 && action->kind != PK_OPERATION_REPLICATE_SERVER;
    const char *row =
        is_one ? row_of_scope(page, action->scopes[0], words, after)
               : pk_sprintf(page->pool, "| %zu scope%s | | %s%s |\n", action->scope_count,
                            pk_plural(action->scope_count), words, after);
    page->scopes_left_out += add(page, row) ? 0 : action->scope_count;
}

static void
add_actions(struct page *page, const struct pk_relationship_plan *plan)
{
    static const char head[] = "\n| scope | name | what happens |\n|---|---|---|\n";
    bool headed = false;
    for (size_t i = 0; i < plan->action_count; i++) {
        headed = headed || add(page, head);
        if (headed) {
            add_action(page, plan, &plan->actions[i]);
        } else {
            page->scopes_left_out += plan->actions[i].scope_count;
        }
    }
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        if (pk_scope_is_left_alone(scope)) {
            headed = headed || add(page, head);
            bool added =
                headed && add(page, row_of_scope(page, scope, "differs, left alone by `heal`", ""));
            page->scopes_left_out += !added;
        }
    }
}

/* -- Fields -- */

static const char details_end[] = "\n</details>\n";

struct fields {
    struct page *page;
    const struct pk_relationship_plan *plan;
    bool headed, full;
};

static void
add_field(struct fields *fields, const struct pk_scope_state *scope,
          const struct pk_difference *difference)
{
    static const char head[] = "\n<details><summary>Fields</summary>\n\n"
                               "| scope | field | server | has | will have | because |\n"
                               "|---|---|---|---|---|---|\n";
    struct page *page = fields->page;
    struct pk_pool *pool = page->pool;
    const struct pk_field *field = difference->field;
    if (scope != NULL && scope->have[difference->side] == NULL) {
        return; /* the action says that the row is created */
    }
    struct pk_shown shown = pk_shown_of(scope, difference);
    const char *subnet = scope != NULL ? pk_prefix_text(pool, scope->subnet) : "settings";
    const char *row = pk_sprintf(pool, "| %s | %s | %s | %s | %s | %s |\n", code(pool, subnet),
                                 code(pool, pk_part_name(pool, field, difference->key)),
                                 code(pool, server_of(fields->plan, difference->side)),
                                 code(pool, cut(pool, pk_field_display(pool, field, shown.have))),
                                 code(pool, cut(pool, pk_field_display(pool, field, shown.want))),
                                 pk_cause_words(pool, scope, difference));
    if (!fields->headed && !fields->full) {
        page->owed = strlen(details_end);
        fields->headed = add(page, head);
        fields->full = !fields->headed;
        page->owed = fields->headed ? page->owed : 0;
    }
    if (fields->full || !add(page, row)) {
        fields->full = true;
        page->fields_left_out++;
    }
}

static void
add_fields(struct page *page, const struct pk_relationship_plan *plan)
{
    struct fields fields = {.page = page, .plan = plan};
    const struct pk_comparison *comparison = &plan->comparison;
    for (size_t i = 0; i < comparison->settings_count; i++) {
        add_field(&fields, NULL, &comparison->settings[i]);
    }
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        bool lists = action->kind != PK_OPERATION_DELETE_SCOPE;
        for (size_t j = 0; lists && j < action->scope_count; j++) {
            const struct pk_scope_state *scope = action->scopes[j];
            for (size_t k = 0; k < scope->difference_count; k++) {
                add_field(&fields, scope, &scope->differences[k]);
            }
        }
    }
    if (fields.headed) {
        pk_text_add(&page->out, details_end);
        page->owed = 0;
    }
}

static void
add_foreign(struct page *page, const struct pk_relationship_plan *plan)
{
    if (plan->foreign_count == 0) {
        return;
    }
    add(page, "\n| kept, not in Git | on | |\n|---|---|---|\n");
    for (size_t i = 0; i < plan->foreign_count; i++) {
        const struct pk_foreign *scope = &plan->foreign[i];
        const char *row = pk_sprintf(page->pool, "| %s | %s | %s |\n",
                                     code(page->pool, pk_prefix_text(page->pool, scope->subnet)),
                                     code(page->pool, server_of(plan, scope->side)),
                                     scope->dropped ? "no longer in Git" : "foreign");
        page->scopes_left_out += !add(page, row);
    }
}

static bool
has_anything_to_say(const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    return !plan->is_known || plan->action_count > 0 || plan->left_alone > 0 ||
           plan->foreign_count > 0 || plan->comparison.settings_count > 0 ||
           strcmp(pk_pass_condition(relationship), "in-sync") != 0;
}

static void
add_relationship(struct page *page, const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    const char *heading =
        pk_sprintf(page->pool, "\n#### %s · %s ⇄ %s · %s\n", code(page->pool, relationship->name),
                   code(page->pool, server_of(plan, PK_SERVER_1)),
                   code(page->pool, server_of(plan, PK_SERVER_2)), pk_pass_condition(relationship));
    if (!add(page, heading)) {
        page->relationships_left_out++;
        for (size_t i = 0; i < plan->action_count; i++) {
            page->scopes_left_out += plan->actions[i].scope_count;
        }
        return;
    }
    add_remarks(page, relationship);
    if (plan->is_known) {
        add_actions(page, plan);
        add_fields(page, plan);
        add_foreign(page, plan);
    }
}

/* -- Beginning and end -- */

/* A comment of HTML ends at the first `--`, so nothing of others stands in it. */
static void
add_marker(struct page *page)
{
    char hex[PK_SHA256_HEX_BYTES] = "none";
    if (!pk_sha256_is_zero(&page->result->digest)) {
        pk_sha256_hex(hex, &page->result->digest);
    }
    pk_text_addf(&page->out, "<!-- pairkeeper:diff digest=%s -->\n", hex);
}

static void
add_head(struct page *page)
{
    const struct pk_pass_result *result = page->result;
    add_marker(page);
    add(page,
        pk_sprintf(page->pool, "### DHCP: %s\n\n%s\n",
                   pk_text_summary(&page->screen, result, page->by_hand),
                   code(page->pool, pk_text_revision(page->pool, result->ref, result->commit))));
    for (size_t i = 0; i < result->note_count; i++) {
        add(page, i == 0 ? "\n" : "");
        add_remark(page, "Note:", result->notes[i]);
    }
}

static void
add_end(struct page *page)
{
    struct pk_text *out = &page->out;
    if (page->scopes_left_out == 0 && page->fields_left_out == 0 &&
        page->relationships_left_out == 0) {
        return;
    }
    pk_text_addf(out,
                 "\n**Not shown for want of room: %zu relationship%s, %zu scope%s, %zu "
                 "field%s.** "
                 "`pairkeeper diff` shows them.\n",
                 page->relationships_left_out, pk_plural(page->relationships_left_out),
                 page->scopes_left_out, pk_plural(page->scopes_left_out), page->fields_left_out,
                 pk_plural(page->fields_left_out));
}

const char *
pk_render_pass_markdown(struct pk_pool *pool, const struct pk_pass_result *result, bool by_hand)
{
    struct page page = {.pool = pool,
                        .out = {.pool = pool},
                        .result = result,
                        .screen = {.pool = pool, .columns = SIZE_MAX},
                        .by_hand = by_hand};
    add_head(&page);
    for (size_t i = 0; i < result->relationship_count; i++) {
        if (has_anything_to_say(&result->relationships[i])) {
            add_relationship(&page, &result->relationships[i]);
        }
    }
    add_end(&page);
    return pk_text_end(&page.out);
}
