/*
 * A template is copied line by line; a line `{{NAME}}` is replaced by the table of that name.  So
 * the text can be read and edited as a page, and the tables cannot go stale.
 */
#include "agent/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adm/events.h"
#include "adm/option.h"
#include "adm/steering.h"
#include "agent/config-keys.h"
#include "agent/doctor-installation.h"
#include "agent/doctor-rows.h"
#include "agent/doctor.h"
#include "base/number.h"
#include "base/text.h"
#include "drivers/kea-checks.h"
#include "drivers/kea-versions.h"

extern const char pk_page_desired_state[];
extern const char pk_page_configuration[];
extern const char pk_page_events[];
extern const char pk_page_doctor[];
extern const char pk_page_status[];

/* -- Cells -- */

/* A bar would end the cell. */
static const char *
cell(struct pk_pool *pool, const char *text)
{
    struct pk_text out = {.pool = pool};
    for (; *text != '\0'; text++) {
        pk_text_add_bytes(&out, "\\", *text == '|');
        pk_text_add_bytes(&out, text, 1);
    }
    return pk_text_end(&out);
}

static const char *
range_words(struct pk_pool *pool, const struct pk_field *field, const char *what)
{
    if (field->max <= 0) {
        return what;
    }
    bool duration = field->kind == PK_KIND_DURATION;
    const char *least = duration ? pk_format_duration(pool, (uint32_t)field->min)
                                 : pk_sprintf(pool, "%lld", (long long)field->min);
    const char *most = duration ? pk_format_duration(pool, (uint32_t)field->max)
                                : pk_sprintf(pool, "%lld", (long long)field->max);
    bool boundless = duration && field->max >= (int64_t)PK_DURATION_UNLIMITED - 1;
    return boundless ? pk_sprintf(pool, "%s, from %s", what, least)
                     : pk_sprintf(pool, "%s, %s to %s", what, least, most);
}

static const char *
choice_words(struct pk_pool *pool, const struct pk_field *field)
{
    const char *words = "";
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        words = pk_sprintf(pool, "%s%s`%s`", words, i > 0 ? ", " : "", field->choices[i]);
    }
    return words;
}

static const char *
value_words(struct pk_pool *pool, const struct pk_field *field)
{
    switch (field->kind) {
    case PK_KIND_TEXT:
        return field->max > 0
                   ? pk_sprintf(pool, "text of one line, up to %lld bytes", (long long)field->max)
                   : "text of one line";
    case PK_KIND_NAME:
        return "name: letters, digits, `.`, `_`, `-`";
    case PK_KIND_BOOLEAN:
        return "`true`, `false`";
    case PK_KIND_NUMBER:
        return range_words(pool, field, "number");
    case PK_KIND_DURATION:
        return range_words(pool, field, "duration");
    case PK_KIND_CHOICE:
        return choice_words(pool, field);
    case PK_KIND_PREFIX:
        return "`ADDRESS/LENGTH`";
    case PK_KIND_SERVER_PAIR:
        return "`[SERVER 1, SERVER 2]`";
    case PK_KIND_RANGES:
        return "list of ranges";
    case PK_KIND_EXCLUSIONS:
        return "list of ranges";
    case PK_KIND_OPTIONS:
        return "mapping of options";
    case PK_KIND_RESERVATIONS:
        return "list of reservations";
    case PK_KIND_JSON_MAP:
        return "mapping of keys";
    case PK_KIND_DEFAULTS:
        return "mapping of scope fields";
    }
    return "";
}

static const char *
default_words(struct pk_pool *pool, const struct pk_field *field)
{
    if ((field->flags & PK_FIELD_REQUIRED) != 0) {
        return "required";
    }
    if (field->default_value == NULL) {
        return "";
    }
    return pk_sprintf(pool, "`%s`", pk_field_display(pool, field, field->default_value));
}

static void
add_field(struct pk_text *out, const struct pk_field *field, const char *also)
{
    struct pk_pool *pool = out->pool;
    pk_text_addf(out, "| `%s` | %s | %s | %s%s |\n", field->name,
                 cell(pool, value_words(pool, field)), cell(pool, default_words(pool, field)),
                 cell(pool, field->document), also);
}

static const char field_head[] = "| key | value | default | what it says |\n|---|---|---|---|\n";

/* -- Tables of fields -- */

static void
add_fields(struct pk_text *out, const struct pk_field_table *table)
{
    pk_text_add(out, field_head);
    for (size_t i = 0; i < table->count; i++) {
        bool inherited = (table->at[i].flags & PK_FIELD_INHERITED) != 0;
        add_field(out, &table->at[i], inherited ? " *Inherited.*" : "");
    }
}

static void
add_relationship_fields(struct pk_text *out)
{
    add_fields(out, &pk_relationship_fields);
}

static void
add_scope_fields(struct pk_text *out)
{
    add_fields(out, &pk_scope_fields);
}

static void
add_reservation_fields(struct pk_text *out)
{
    add_fields(out, &pk_reservation_fields);
}

static void
add_relationship_kea(struct pk_text *out)
{
    add_fields(out, &pk_relationship_kea_keys);
}

static void
add_scope_kea(struct pk_text *out)
{
    pk_text_add(out, "| key | instead |\n|---|---|\n");
    for (size_t i = 0; i < pk_scope_kea_refused_count; i++) {
        pk_text_addf(out, "| `%s` | %s |\n", pk_scope_kea_refused[i].key,
                     cell(out->pool, pk_scope_kea_refused[i].instead));
    }
}

static void
add_options(struct pk_text *out)
{
    pk_text_add(out, "| code | name | values |\n|---|---|---|\n");
    for (size_t i = 0; i < pk_standard_option_count; i++) {
        const struct pk_option *option = &pk_standard_options[i];
        pk_text_addf(out, "| %u | `%s` | %s |\n", option->code, option->name,
                     option->server_set
                         ? "*filled in by the server or the client*"
                         : pk_sprintf(out->pool, "%s%s", option->array ? "list of " : "",
                                      pk_option_type_name(option->type)));
    }
}

/* -- Configuration -- */

static const char *
shape_words(struct pk_pool *pool, const struct pk_config_key *key)
{
    switch (key->shape) {
    case PK_CONFIG_SCALAR:
        return value_words(pool, &key->field);
    case PK_CONFIG_PATH:
        return "path, relative to the configuration's folder";
    case PK_CONFIG_SECRET:
        return "file, relative to `$CREDENTIALS_DIRECTORY` or else to the configuration's folder";
    case PK_CONFIG_TEXTS:
        return "list of texts";
    case PK_CONFIG_LIMIT:
        return "`[PERCENT%, COUNT]`";
    case PK_CONFIG_SECTION:
        return "mapping, see below";
    case PK_CONFIG_NAMED:
        return "mapping of names to entries, see below";
    case PK_CONFIG_ITEMS:
        return "list of entries, see below";
    }
    return "";
}

static const char *
config_default(struct pk_pool *pool, const struct pk_config_key *key)
{
    if (key->shape != PK_CONFIG_LIMIT) {
        return default_words(pool, &key->field);
    }
    int64_t percent = 0, count = 0;
    if (sscanf(key->field.default_value, "[%" SCNd64 ",%" SCNd64 "]", &percent, &count) != 2) {
        return "";
    }
    return pk_sprintf(pool, "`[%lld%%, %lld]`", (long long)percent, (long long)count);
}

static void
add_section(struct pk_text *out, const struct pk_config_section *section)
{
    struct pk_pool *pool = out->pool;
    pk_text_add(out, field_head);
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_config_key *key = &section->at[i];
        const char *but = key->missing != NULL ? pk_sprintf(pool, " *(%s)*", key->missing) : "";
        pk_text_addf(out, "| `%s` | %s | %s | %s%s |\n", key->field.name,
                     cell(pool, shape_words(pool, key)), cell(pool, config_default(pool, key)),
                     cell(pool, key->field.document), cell(pool, but));
    }
}

static void
add_top(struct pk_text *out)
{
    add_section(out, &pk_config_file_section);
}

/* Every section that stands in the top one, and those in it. */
static void
add_sections(struct pk_text *out)
{
    const struct pk_config_section *top = &pk_config_file_section;
    for (size_t i = 0; i < top->count; i++) {
        const struct pk_config_key *key = &top->at[i];
        if (key->section == NULL) {
            continue;
        }
        pk_text_addf(out, "%s### `%s`\n\n%s\n\n", out->count > 0 ? "\n" : "", key->field.name,
                     key->field.document);
        add_section(out, key->section);
        for (size_t j = 0; j < key->section->count; j++) {
            const struct pk_config_key *inner = &key->section->at[j];
            if (inner->section != NULL) {
                pk_text_addf(out, "\n`%s` of it:\n\n", inner->field.name);
                add_section(out, inner->section);
            }
        }
    }
}

/* -- Events -- */

static void
add_events(struct pk_text *out)
{
    pk_text_add(out, "| reason | severity | what happened |\n|---|---|---|\n");
    for (int i = 0; i < PK_REASON_COUNT; i++) {
        enum pk_reason reason = (enum pk_reason)i;
        pk_text_addf(out, "| `%s` | %s | %s |\n", pk_reason_name(reason),
                     pk_severity_name(pk_reason_severity(reason)),
                     cell(out->pool, pk_reason_document(reason)));
    }
}

/* -- Status -- */

static void
add_conditions(struct pk_text *out)
{
    pk_text_add(out, "| condition | when all is well | what it says |\n|---|---|---|\n");
    for (int i = 0; i < PK_CONDITION_TYPE_COUNT; i++) {
        enum pk_condition_type type = (enum pk_condition_type)i;
        pk_text_addf(out, "| `%s` | `%s` | %s |\n", pk_condition_type_name(type),
                     pk_truth_name(pk_condition_good(type)),
                     cell(out->pool, pk_condition_type_document(type)));
    }
}

static void
add_condition_reasons(struct pk_text *out)
{
    pk_text_add(out, "| reason | what it says |\n|---|---|\n");
    for (int i = 0; i < PK_CONDITION_REASON_COUNT; i++) {
        enum pk_condition_reason reason = (enum pk_condition_reason)i;
        pk_text_addf(out, "| `%s` | %s |\n", pk_condition_reason_name(reason),
                     cell(out->pool, pk_condition_reason_document(reason)));
    }
}

/* -- Checks -- */

static const char check_head[] =
    "| code | severity | what is found | what to do |\n|---|---|---|---|\n";

static void
add_check(struct pk_text *out, const struct pk_check *check)
{
    pk_text_addf(out, "| `%s` | %s | %s | %s |\n", check->code,
                 pk_finding_severity_name(check->severity), cell(out->pool, check->document),
                 cell(out->pool, check->advice));
}

static void
add_installation_checks(struct pk_text *out)
{
    pk_text_add(out, check_head);
    for (size_t i = 0; i < pk_installation_check_count; i++) {
        add_check(out, &pk_installation_checks[i].is);
    }
}

static void
add_row_checks(struct pk_text *out)
{
    pk_text_add(out, check_head);
    for (size_t i = 0; i < PK_DOCTOR_SERVER_CHECKS; i++) {
        add_check(out, &pk_doctor_server_checks[i]);
    }
    for (size_t i = 0; i < pk_row_check_count; i++) {
        add_check(out, &pk_row_checks[i].is);
    }
}

static void
add_kea_checks(struct pk_text *out)
{
    pk_text_add(out, check_head);
    for (size_t i = 0; i < pk_kea_check_count; i++) {
        add_check(out, &pk_kea_checks[i].is);
    }
}

static void
add_kea_pair_checks(struct pk_text *out)
{
    pk_text_add(out, check_head);
    for (size_t i = 0; i < pk_kea_pair_check_count; i++) {
        add_check(out, &pk_kea_pair_checks[i].is);
    }
}

static void
add_kea_versions(struct pk_text *out)
{
    pk_text_add(out, "| from | before | mended in | names | what |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < pk_kea_weakness_count; i++) {
        const struct pk_kea_weakness *one = &pk_kea_weaknesses[i];
        pk_text_addf(
            out, "| %s | %s | %s | %s | %s |\n", pk_kea_version_text(out->pool, one->first),
            pk_kea_version_text(out->pool, one->end), pk_kea_version_text(out->pool, one->fixed),
            one->names, cell(out->pool, one->what));
    }
}

/* -- Pages -- */

static const struct {
    const char *name;
    void (*add)(struct pk_text *);
} tables[] = {
    {"relationship-fields", add_relationship_fields},
    {"scope-fields", add_scope_fields},
    {"reservation-fields", add_reservation_fields},
    {"relationship-kea", add_relationship_kea},
    {"scope-kea", add_scope_kea},
    {"options", add_options},
    {"configuration", add_top},
    {"configuration-sections", add_sections},
    {"events", add_events},
    {"conditions", add_conditions},
    {"condition-reasons", add_condition_reasons},
    {"doctor-installation", add_installation_checks},
    {"doctor-rows", add_row_checks},
    {"doctor-kea", add_kea_checks},
    {"doctor-kea-pairs", add_kea_pair_checks},
    {"doctor-kea-versions", add_kea_versions},
};

static const struct {
    const char *name, *template;
} pages[] = {
    {"configuration", pk_page_configuration},
    {"desired-state", pk_page_desired_state},
    {"doctor", pk_page_doctor},
    {"events", pk_page_events},
    {"status", pk_page_status},
};

/* @return false when the line is no name of a table */
static bool
add_table(struct pk_text *out, const char *line, size_t bytes)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        size_t length = strlen(tables[i].name);
        if (bytes == length + 4 && strncmp(line, "{{", 2) == 0 &&
            strncmp(line + 2, tables[i].name, length) == 0) {
            struct pk_text table = {.pool = out->pool};
            tables[i].add(&table);
            pk_text_add(out, pk_text_end(&table));
            return true;
        }
    }
    return false;
}

const char *
pk_page(struct pk_pool *pool, const char *name)
{
    const char *template = NULL;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        template = strcmp(pages[i].name, name) == 0 ? pages[i].template : template;
    }
    if (template == NULL) {
        return NULL;
    }
    struct pk_text out = {.pool = pool};
    while (*template != '\0') {
        size_t bytes = strcspn(template, "\n");
        if (!add_table(&out, template, bytes)) {
            pk_text_add_bytes(&out, template, bytes);
            pk_text_add(&out, "\n");
        }
        template += bytes + (template[bytes] == '\n');
    }
    return pk_text_end(&out);
}

const char *
pk_page_names(struct pk_pool *pool)
{
    const char *names = "";
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        names = pk_sprintf(pool, "%s%s%s", names, i > 0 ? ", " : "", pages[i].name);
    }
    return names;
}
