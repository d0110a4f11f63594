/* Lists of written parts: decoding appends to them, merging walks them in step. */
#include "desired-state/declaration.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct pk_mark
pk_decoder_mark(const struct pk_decoder *decoder, const struct pk_node *node)
{
    return pk_node_mark(decoder->file, node);
}

void
pk_declare(const struct pk_decoder *decoder, struct pk_written_list *list,
           const struct pk_field *field, const char *key, const char *value,
           const struct pk_node *node)
{
    *pk_push(decoder->scratch, list) = (struct pk_written){
        .part = {.field = field, .key = key, .value = value},
        .mark = pk_decoder_mark(decoder, node),
    };
}

/* Equal parts keep the order in which they were written, so the first is the one that counts. */
static int
compare(const void *left, const void *right)
{
    const struct pk_written *a = left, *b = right;
    int order = pk_part_compare(&a->part, &b->part);
    if (order == 0) {
        order = a->mark.line != b->mark.line      ? (a->mark.line < b->mark.line ? -1 : 1)
                : a->mark.column < b->mark.column ? -1
                                                  : a->mark.column > b->mark.column;
    }
    return order;
}

/* Mostly it is written in order: looking is cheaper than sorting. */
static bool
is_sorted(const struct pk_written_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        if (compare(&list->at[i - 1], &list->at[i]) > 0) {
            return false;
        }
    }
    return true;
}

void
pk_written_sort(struct pk_written_list *list)
{
    if (!is_sorted(list)) {
        qsort(list->at, list->count, sizeof list->at[0], compare);
    }
}

void
pk_written_settle(const struct pk_decoder *decoder, struct pk_written_list *list)
{
    pk_written_sort(list);
    struct pk_written *at = pk_array(decoder->work, struct pk_written, list->count);
    if (list->count != 0) {
        memcpy(at, list->at, list->count * sizeof at[0]);
    }
    list->at = at;
    list->capacity = list->count;
}

const struct pk_written *
pk_written_find(const struct pk_written_list *list, const struct pk_field *field)
{
    for (size_t i = 0; i < list->count && list->at[i].part.field <= field; i++) {
        if (list->at[i].part.field == field) {
            return &list->at[i];
        }
    }
    return NULL;
}

const char *
pk_written_object(struct pk_pool *pool, const struct pk_written_list *list)
{
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, "{");
    for (size_t i = 0; i < list->count; i++) {
        pk_text_add(&out, i != 0 ? "," : "");
        pk_text_add_json(&out, list->at[i].part.key);
        pk_text_add(&out, ":");
        pk_text_add(&out, list->at[i].part.value);
    }
    pk_text_add(&out, "}");
    return pk_text_end(&out);
}
