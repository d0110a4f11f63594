/**
 * @file
 * What one place of one file says, between reading and merging: parts with the place where each was
 * written.  Inside this room only.
 */
#ifndef PK_DESIRED_STATE_DECLARATION_H
#define PK_DESIRED_STATE_DECLARATION_H

#include "adm/kea-values.h"
#include "adm/ranges.h"
#include "desired-state/decode.h"
#include "desired-state/snapshot.h"

/** Where decoding puts things and where it complains. */
struct pk_decoder {
    struct pk_pool *pool;    /**< the snapshot's: values, keys, names                   */
    struct pk_pool *work;    /**< until the snapshot is built: declarations             */
    struct pk_pool *scratch; /**< until the file is read: its tree, lists that still grow */
    const char *file;        /**< in pool */
    struct pk_diagnostics *diagnostics;
};

/** One part as written.  The value NULL is a written `null`: options not inherited, kea absent. */
struct pk_written {
    struct pk_part part;
    struct pk_mark mark;
    bool inherited; /**< of a merged list: comes from scope-defaults */
};

struct pk_written_list {
    struct pk_written *at;
    size_t count, capacity;
};

/** The content of a scope, or of scope-defaults; parts sorted. */
struct pk_declaration {
    struct pk_written_list parts;
    uint64_t stated;  /**< bits of the fields that are written and not null */
    uint64_t refused; /**< bits of the fields that are null: not inherited  */
};

/** Ranges less exclusions, and what rules want to know of them. */
struct pk_served {
    bool stated;
    struct pk_mark mark;
    const char *canonical;    /**< NULL when they are not stated or wrong */
    bool tied;                /**< a range has classes of its own                           */
    struct pk_mark tied_mark; /**< of the first such                                        */
    size_t count;             /**< ranges as written                                        */
    uint64_t at_least;        /**< addresses left; more when exclusions repeat each other   */
    struct pk_range span;     /**< first to last address of all of them                     */
};

struct pk_scope_declaration {
    bool has_subnet; /**< false: missing or wrong, and reported */
    struct pk_prefix subnet;
    struct pk_mark mark;      /**< of the subnet's value, else of the scope */
    const char *relationship; /**< NULL: missing or wrong, and reported     */
    struct pk_mark relationship_mark;
    struct pk_declaration content;
    struct pk_served served;
    size_t reservation_count;
};

struct pk_relationship_declaration {
    struct pk_wanted_relationship wanted; /**< servers may be NULL when they were wrong */
    struct pk_mark server_marks[PK_PAIR];
    struct pk_mark split_ranges_mark; /**< of the key, when it says true */
    struct pk_declaration defaults;
};

/** Everything that the files of a revision say. */
struct pk_declarations {
    PK_VECTOR(struct pk_relationship_declaration) relationships;
    PK_VECTOR(struct pk_scope_declaration) scopes;
};

struct pk_mark pk_decoder_mark(const struct pk_decoder *decoder, const struct pk_node *node);

/** Adds the part (field, key); a @p value NULL is kept. */
void pk_declare(const struct pk_decoder *decoder, struct pk_written_list *list,
                const struct pk_field *field, const char *key, const char *value,
                const struct pk_node *node);

void pk_written_sort(struct pk_written_list *list);

/** Sorts, and moves the list from the file's memory to that of the build. */
void pk_written_settle(const struct pk_decoder *decoder, struct pk_written_list *list);

/** The part of @p field that is no map, or NULL.  The list is sorted. */
const struct pk_written *
pk_written_find(const struct pk_written_list *list, const struct pk_field *field);

/** The root of a file: appends what it declares. */
void pk_decode_file(const struct pk_decoder *decoder, const struct pk_node *root,
                    struct pk_declarations *out);

void pk_decode_relationship(const struct pk_decoder *decoder, const struct pk_node *name,
                            const struct pk_node *node, struct pk_relationship_declaration *out);

void pk_decode_scope(const struct pk_decoder *decoder, const struct pk_node *node,
                     struct pk_scope_declaration *out);

/** The mapping under scope-defaults. */
void pk_decode_defaults(const struct pk_decoder *decoder, const struct pk_node *node,
                        struct pk_declaration *out);

/** Options by canonical name, appended to @p out as parts of @p field. */
void pk_decode_options(const struct pk_decoder *decoder, const struct pk_field *field,
                       const struct pk_node *node, bool may_be_null, struct pk_written_list *out);

/** Says what to do instead of a key, or NULL when the key is allowed. */
typedef const char *pk_kea_refusal_of(const char *key);

/** Where a mapping of free keys stands. */
struct pk_kea_mapping {
    enum pk_kea_place place;
    pk_kea_refusal_of *refusal;
    bool may_be_null; /**< `null`, and what is Kea's default, say that a key shall be absent */
};

/** Free keys with JSON values in canonical form, appended to @p out as parts of @p field. */
void pk_decode_kea(const struct pk_decoder *decoder, const struct pk_field *field,
                   const struct pk_node *node, const struct pk_kea_mapping *mapping,
                   struct pk_written_list *out);

/** {"key":value,…} of the parts of a sorted list. */
const char *pk_written_object(struct pk_pool *pool, const struct pk_written_list *list);

/**
 * @param subnet      NULL = not known: what depends on it is not judged
 * @param ranges      NULL = not written; the same for @p exclusions
 */
struct pk_served pk_decode_ranges(const struct pk_decoder *decoder, const struct pk_prefix *subnet,
                                  const struct pk_node *ranges, const struct pk_node *exclusions);

/** Appends a part per reservation and @return how many there are.  @p subnet may be NULL. */
size_t pk_decode_reservations(const struct pk_decoder *decoder, const struct pk_prefix *subnet,
                              const struct pk_served *served, const struct pk_node *node,
                              struct pk_written_list *out);

#endif
