/*
 * What stands behind a `#`: the partner's values, and what is left out.  It is YAML all the same,
 * so that whoever agrees with it only takes the `#` away.
 */
#include "agent/import-lines.h"
#include "agent/yaml-text.h"

/* Behind a line: what the partner holds instead. */
const char *
pk_lines_difference(const struct pk_lines *lines, const struct pk_import_part *part)
{
    if (part == NULL || !part->differs) {
        return NULL;
    }
    const char *partner = lines->import->partner;
    if (part->field == &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP]) {
        const char *unlinked = part->value == NULL ? lines->import->source : partner;
        return pk_sprintf(lines->pool, "not linked on %s", unlinked);
    }
    const char *value =
        pk_import_value(lines->pool, part->field, part->key, part->other, PK_YAML_BLOCK);
    return value != NULL ? pk_sprintf(lines->pool, "%s: %s", partner, value)
                         : pk_sprintf(lines->pool, "not on %s", partner);
}

/* In a line of its own, where the part has none: the partner's value, named. */
void
pk_lines_put_difference(struct pk_lines *lines, unsigned indent, const struct pk_import_part *part)
{
    const char *partner = lines->import->partner;
    const char *value =
        pk_import_value(lines->pool, part->field, part->key, part->other, PK_YAML_BLOCK);
    const char *name = pk_part_name(lines->pool, part->field, part->key);
    struct pk_text text = {.pool = lines->pool};
    if (part->field->kind == PK_KIND_RESERVATIONS) {
        pk_text_addf(&text, "# reservation only on %s: %s", partner, value);
    } else if (value != NULL) {
        pk_text_addf(&text, "# %s: %s: %s", partner, name, value);
    } else {
        pk_text_addf(&text, "# %s not on %s", name, partner);
    }
    pk_lines_put(lines, indent, pk_text_end(&text), NULL, NULL);
}

void
pk_lines_put_refusal(struct pk_lines *lines, unsigned indent, const struct pk_import_refusal *why,
                     const char *what)
{
    const char *rule = why->rule != NULL ? pk_sprintf(lines->pool, " [%s]", why->rule) : "";
    pk_lines_put(lines, indent,
                 pk_sprintf(lines->pool, "# left out%s: %s%s%s", rule, what,
                            *what != '\0' ? ": " : "", why->message),
                 NULL, NULL);
}

/* A part behind a `#`: `# lease-time: 8h`, an item or a key of what begins in the line before. */
void
pk_lines_put_left_out(struct pk_lines *lines, const struct pk_import_part *part)
{
    const char *value =
        pk_import_value(lines->pool, part->field, part->key, part->value, PK_YAML_BLOCK);
    struct pk_text text = {.pool = lines->pool};
    if (part->field->kind == PK_KIND_RESERVATIONS) {
        pk_text_addf(&text, "#   - %s", value);
    } else if (part->field->kind == PK_KIND_OPTIONS) {
        pk_text_add(&text, "#   ");
        pk_yaml_add_text(&text, part->key, PK_YAML_BLOCK);
        pk_text_addf(&text, ": %s", value);
    } else if (part->field->kind == PK_KIND_JSON_MAP) {
        pk_text_addf(&text, "# %s: {", part->field->name);
        pk_yaml_add_text(&text, part->key, PK_YAML_FLOW);
        pk_text_addf(&text, ": %s}", value);
    } else {
        pk_text_addf(&text, "# %s: %s", part->field->name, value);
    }
    pk_lines_put(lines, PK_INDENT_FIELD, pk_text_end(&text), NULL,
                 pk_lines_difference(lines, part));
}
