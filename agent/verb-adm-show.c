/* `adm list` and `adm show`: the rows of embedded servers. */
#include <string.h>

#include "adm/scopes.h"
#include "agent/screen.h"
#include "agent/verb-adm.h"

enum { INDENT = 2, SUBNET_WIDTH = 20, PART_WIDTH = 36, NAME_WIDTH = 16, STATUS_WIDTH = 13 };

struct shown {
    const char *server;
    const struct pk_row *row;
};

struct shown_list {
    struct shown *at;
    size_t count, capacity;
};

/* Rows of every server, those of @p only when that is given.  No database: none. */
static enum pk_code
read_rows(struct pk_context *context, const struct pk_adm_words *words,
          const struct pk_prefix *only, size_t only_count, struct shown_list *out,
          struct pk_error *err)
{
    enum pk_code code = pk_context_db(context, PK_DB_READ, err);
    if (code != PK_OK) {
        return code == PK_ENOENT ? PK_OK : code;
    }
    for (size_t i = 0; code == PK_OK && i < words->server_count; i++) {
        struct pk_rows rows = {0};
        code = pk_adm_scopes_load(context->db, context->pool, words->servers[i], only, only_count,
                                  &rows, err);
        for (size_t j = 0; code == PK_OK && j < rows.count; j++) {
            *pk_push(context->pool, out) = (struct shown){words->servers[i], &rows.at[j]};
        }
    }
    return code;
}

static json_t *
row_json(struct pk_pool *pool, const struct shown *shown)
{
    const struct pk_row *row = shown->row;
    json_t *fields = json_object();
    for (size_t i = 0; i < row->parts.count; i++) {
        const struct pk_part *part = &row->parts.at[i];
        json_object_set_new(fields, pk_part_name(pool, part->field, part->key),
                            pk_json_parse(part->value, NULL));
    }
    json_t *object = json_object();
    json_object_set_new(object, "server", json_string(shown->server));
    json_object_set_new(object, "subnet", json_string(pk_prefix_text(pool, row->subnet)));
    json_object_set_new(object, "relationship", pk_json_text_or_null(row->relationship));
    json_object_set_new(object, "status", json_string(pk_sync_status_name(row->status)));
    json_object_set_new(object, "active_leases",
                        row->active_leases == PK_LEASES_UNKNOWN ? json_null()
                                                                : json_integer(row->active_leases));
    json_object_set_new(object, "fields", fields);
    return object;
}

static void
print_json(struct pk_context *context, const struct shown_list *list)
{
    json_t *document = pk_json_document(), *scopes = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(scopes, row_json(context->pool, &list->at[i]));
    }
    json_object_set_new(document, "scopes", scopes);
    pk_context_print_json(context, document);
}

static void
put_line(const struct pk_screen *screen, const struct shown *shown)
{
    const struct pk_row *row = shown->row;
    const struct pk_field *name = &pk_scope_fields.at[PK_SCOPE_NAME];
    const char *label = pk_parts_get(&row->parts, name, "");
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, shown->server, NAME_WIDTH);
    pk_screen_put_padded(screen, PK_STYLE_STRONG, pk_prefix_text(screen->pool, row->subnet),
                         SUBNET_WIDTH);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN,
                         row->relationship != NULL ? row->relationship : "-", NAME_WIDTH);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, pk_sync_status_name(row->status), STATUS_WIDTH);
    pk_screen_put(screen, PK_STYLE_PLAIN,
                  label != NULL ? pk_field_display(screen->pool, name, label) : "");
    pk_screen_line(screen);
}

static void
put_scope(const struct pk_screen *screen, const struct shown *shown)
{
    const struct pk_row *row = shown->row;
    put_line(screen, shown);
    for (size_t i = 0; i < row->parts.count; i++) {
        const struct pk_part *part = &row->parts.at[i];
        const char *name = pk_part_name(screen->pool, part->field, part->key);
        size_t width = pk_screen_width(name);
        size_t column = INDENT + (width < PART_WIDTH ? PART_WIDTH : width + 1);
        pk_screen_space(screen, INDENT);
        pk_screen_put_padded(screen, PK_STYLE_PLAIN, name, column - INDENT);
        pk_screen_wrap(screen, PK_STYLE_PLAIN, column, INDENT + PART_WIDTH,
                       pk_field_display(screen->pool, part->field, part->value));
    }
    if (row->active_leases != PK_LEASES_UNKNOWN) {
        pk_screen_space(screen, INDENT);
        pk_screen_put_padded(screen, PK_STYLE_PLAIN, "active-leases", PART_WIDTH);
        pk_screen_put(screen, PK_STYLE_PLAIN,
                      pk_sprintf(screen->pool, "%lld", (long long)row->active_leases));
        pk_screen_line(screen);
    }
}

enum pk_exit
pk_adm_list(struct pk_context *context, const struct pk_arguments *arguments,
            const struct pk_adm_words *words)
{
    (void)arguments;
    struct shown_list list = {0};
    struct pk_error err = {0};
    if (read_rows(context, words, NULL, 0, &list, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (context->format == PK_FORMAT_JSON) {
        print_json(context, &list);
        return PK_EXIT_IN_STEP;
    }
    struct pk_screen screen = pk_screen_of(context);
    for (size_t i = 0; i < list.count; i++) {
        put_line(&screen, &list.at[i]);
    }
    if (list.count == 0) {
        pk_screen_put(&screen, PK_STYLE_PLAIN, "no scopes");
        pk_screen_line(&screen);
    }
    return PK_EXIT_IN_STEP;
}

static bool
is_shown(const struct shown_list *list, struct pk_prefix subnet)
{
    for (size_t i = 0; i < list->count; i++) {
        if (pk_prefix_compare(list->at[i].row->subnet, subnet) == 0) {
            return true;
        }
    }
    return false;
}

static enum pk_code
not_there(const struct pk_adm_words *words, struct pk_prefix subnet, struct pk_error *err)
{
    char text[PK_PREFIX_TEXT_BYTES];
    bool one = words->server_count == 1;
    return pk_error_set(err, PK_ENOENT, one ? words->servers[0] : "embedded servers",
                        "%s no scope %s; see pairkeeper adm list", one ? "has" : "have",
                        pk_format_prefix(text, subnet));
}

/* Sorted subnets, as the store wants them; each once. */
static void
insert_sorted(struct pk_prefix *at, size_t *count, struct pk_prefix subnet)
{
    size_t place = *count;
    while (place > 0 && pk_prefix_compare(at[place - 1], subnet) > 0) {
        place--;
    }
    if (place > 0 && pk_prefix_compare(at[place - 1], subnet) == 0) {
        return;
    }
    memmove(&at[place + 1], &at[place], (*count - place) * sizeof at[0]);
    at[place] = subnet;
    (*count)++;
}

enum pk_exit
pk_adm_show(struct pk_context *context, const struct pk_arguments *arguments,
            const struct pk_adm_words *words)
{
    (void)arguments;
    struct pk_prefix *subnets = pk_array(context->pool, struct pk_prefix, words->rest_count + 1);
    size_t count = 0;
    struct shown_list list = {0};
    struct pk_error err = {0};
    for (size_t i = 0; i < words->rest_count; i++) {
        struct pk_prefix subnet;
        if (pk_adm_subnet(words->rest[i], &subnet, &err) != PK_OK) {
            return pk_context_fail(context, PK_EXIT_USAGE, &err);
        }
        insert_sorted(subnets, &count, subnet);
    }
    enum pk_code code = read_rows(context, words, subnets, count, &list, &err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        code = is_shown(&list, subnets[i]) ? PK_OK : not_there(words, subnets[i], &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (context->format == PK_FORMAT_JSON) {
        print_json(context, &list);
        return PK_EXIT_IN_STEP;
    }
    struct pk_screen screen = pk_screen_of(context);
    for (size_t i = 0; i < list.count; i++) {
        put_scope(&screen, &list.at[i]);
    }
    return PK_EXIT_IN_STEP;
}
