/**
 * @file
 * The keys of `pairkeeper.yaml`, one row each: what may be written, its limits, its default, where
 * it goes.  Private to the reader of the configuration and to its reference page.
 *
 * The rows fill plain structs (`struct pk_written_…`); agent/config.c turns those into a pk_config.
 */
#ifndef PK_AGENT_CONFIG_KEYS_H
#define PK_AGENT_CONFIG_KEYS_H

#include "adm/field.h"

/** What stands behind a key, and the C type its value is kept as. */
enum pk_config_shape {
    PK_CONFIG_SCALAR,  /**< by field.kind: TEXT, NAME → const char *; BOOLEAN → bool; NUMBER →
                            uint32_t; DURATION → uint32_t milliseconds; CHOICE → uint32_t index  */
    PK_CONFIG_PATH,    /**< const char *, relative to the configuration's folder               */
    PK_CONFIG_SECRET,  /**< const char *, relative to $CREDENTIALS_DIRECTORY, else as PATH     */
    PK_CONFIG_TEXTS,   /**< struct pk_config_texts                                             */
    PK_CONFIG_LIMIT,   /**< `[30%, 50]` → struct pk_config_limit                               */
    PK_CONFIG_SECTION, /**< a mapping: the section's struct, in place                          */
    PK_CONFIG_NAMED,   /**< a mapping of names to sections: struct pk_config_named             */
    PK_CONFIG_ITEMS,   /**< a list of sections: struct pk_config_named without names           */
};

struct pk_config_texts {
    const char *const *at;
    size_t count;
};

struct pk_config_limit {
    uint32_t percent, count;
};

/** Entries of one size, in the order they are written. */
struct pk_config_named {
    void *at;
    size_t count;
};

/** First member of every entry of a NAMED or ITEMS section. */
struct pk_config_entry {
    const char *name; /**< "" in a list */
};

struct pk_config_section;

struct pk_config_key {
    struct pk_field field; /**< default_value NULL = absent (null, 0) unless written */
    enum pk_config_shape shape;
    size_t offset; /**< in the section's struct */
    const struct pk_config_section *section;
    /** What this build cannot do: the end of a message when anything but the default is written. */
    const char *missing;
};

struct pk_config_section {
    const char *object; /**< "repository", "server": for messages */
    const struct pk_config_key *at;
    size_t count; /**< <= 64 */
    size_t bytes; /**< of the struct */
};

struct pk_written_verify {
    uint32_t mode; /**< 0 = none */
};

struct pk_written_repository {
    const char *url, *branch, *path, *credentials, *ca;
    uint32_t interval_ms, timeout_ms;
    struct pk_written_verify verify;
    uint32_t rewind; /**< 0 = refuse, 1 = allow */
};

struct pk_written_allow {
    uint32_t prune, settings; /**< enum pk_prune_policy, enum pk_settings_policy */
};

struct pk_written_server {
    struct pk_config_entry entry;
    const char *driver, *url, *path, *credentials, *ca;
    uint32_t timeout_ms;
    bool writes;
};

struct pk_written_credential {
    struct pk_config_entry entry;
    const char *username, *password_file, *ssh_key_file, *certificate_file, *key_file;
    struct pk_config_texts host_keys;
};

struct pk_written_guards {
    struct pk_config_limit updates, deletes;
    uint32_t small, observation_age_ms;
    uint32_t adopt; /**< 0 = hold, 1 = allow */
};

struct pk_written_window {
    struct pk_config_entry entry;
    const char *days, *from, *to, *zone;
};

struct pk_written_http {
    const char *listen, *token_file, *webhook_secret_file;
};

struct pk_written_config {
    struct pk_written_repository repository;
    const char *database;
    bool writes;
    struct pk_written_allow allow;
    struct pk_config_named servers;     /**< of struct pk_written_server */
    struct pk_config_named credentials; /**< of struct pk_written_credential */
    struct pk_written_guards guards;
    struct pk_config_named change_windows; /**< of struct pk_written_window */
    struct pk_written_http http;
    uint32_t workers;
};

/** The whole file. */
extern const struct pk_config_section pk_config_file_section;

#endif
