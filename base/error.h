/**
 * @file
 * One failure, described for the person who has to act on it.
 *
 * A function that can fail for more than one reason takes a `struct pk_error *` as its last
 * parameter and returns the code: PK_OK (0) or negative.  The struct is the caller's, usually on
 * its stack; nothing in it is allocated, so reporting a failure cannot itself fail.
 *
 *  - On success it is left alone.
 *  - On failure it is filled once, where the cause is known; callers on the way up add context
 *    with pk_error_prefix() and never replace the message.
 *  - NULL is allowed where the code alone is enough.
 */
#ifndef PK_BASE_ERROR_H
#define PK_BASE_ERROR_H

#define PK_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/** What went wrong, told apart only as far as a caller reacts differently. */
enum pk_code {
    PK_OK = 0,
    PK_EINVAL = -1,    /**< the input breaks a rule: the same input fails again          */
    PK_ENOENT = -2,    /**< the named thing is not there                                 */
    PK_ECONFLICT = -3, /**< somebody else changed it meanwhile: plan again               */
    PK_EAGAIN = -4,    /**< temporary (time-out, busy, unreachable): try later           */
    PK_EACCESS = -5,   /**< refused by permissions or credentials: a person must act     */
    PK_ESYS = -6,      /**< the operating system or a library failed                     */
    PK_ELOCKED = -7,   /**< another pairkeeper holds the database                        */
    PK_EREFUSED = -8,  /**< the server understood and refused: retrying cannot help      */
    PK_EDAMAGED = -9,  /**< our copy of something is broken: it can be fetched again     */
};

struct pk_error {
    enum pk_code code;
    char where[256];   /**< a place to open: "scopes/lab.yaml:14:7", "server dhcp-b", …  */
    char message[512]; /**< one line, without a full stop, ends with what to do next     */
};

/** Fills @p err (may be NULL) and returns @p code, so that failing is one line. */
enum pk_code pk_error_set(struct pk_error *err, enum pk_code code, const char *where,
                          const char *format, ...) PK_PRINTF(4, 5);

/** Puts "context: " before the message that is already there. */
void pk_error_prefix(struct pk_error *err, const char *format, ...) PK_PRINTF(2, 3);

/** Stable lower-case name ("conflict"), as used in events, logs and JSON. */
const char *pk_code_name(enum pk_code code);

#endif
