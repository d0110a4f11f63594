/**
 * @file
 * The agent's log: one line per fact on stderr, `level event key=value …`.
 *
 * Library rooms do not log; the agent does, once, where a failure is dealt with.  Under journald
 * (JOURNAL_STREAM is set) each line carries its priority as `<N>`.
 */
#ifndef PK_BASE_LOG_H
#define PK_BASE_LOG_H

enum pk_log_level { PK_LOG_ERROR = 3, PK_LOG_WARNING = 4, PK_LOG_INFO = 6, PK_LOG_DEBUG = 7 };

/**
 * @param event  a fixed word, "pass-ended"
 * @param ...    pairs of `const char *` key and value, closed by NULL; a NULL value skips its pair.
 *               Values with spaces, quotes or control characters are quoted.
 */
void pk_log(enum pk_log_level level, const char *event, ...) __attribute__((sentinel));

#endif
