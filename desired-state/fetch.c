/*
 * The waiting half of a fetch.  The library cannot be told to give up on a peer that stays silent,
 * a process can be killed: so the work is done by a child that has nothing but its arguments and
 * its own credential, and whatever it does, an answer is here by the deadline.
 */
#include "desired-state/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"

enum {
    EXEC_FAILED = 127, /* exit status of a child that could not become the helper */
    MS_PER_S = 1000,
};

struct child {
    pid_t pid;
    int answer; /* reading end of its standard output */
};

struct reply {
    char text[PK_FETCH_REPLY_BYTES];
    size_t count;
    bool in_time; /* ended by the child, not by the deadline */
    int status;   /* as waitpid() gives it                   */
};

static void
close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

/* Between fork and exec: system calls only, other threads may have held any lock. */
static _Noreturn void
become_helper(char *const argv[], int input, int answer)
{
    char *const environment[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0 && dup2(input, STDIN_FILENO) >= 0 &&
        dup2(answer, STDOUT_FILENO) >= 0 && close_range(STDERR_FILENO + 1, UINT_MAX, 0) == 0) {
        execve(argv[0], argv, environment);
    }
    _exit(EXEC_FAILED);
}

static enum pk_code
start(char *const argv[], int input, struct child *child, struct pk_error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return pk_error_set(err, PK_ESYS, argv[0],
                            "no pipe to a fetch helper: %s; see the limit of open files",
                            strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        become_helper(argv, input, ends[1]);
    }
    int failure = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return pk_error_set(err, PK_ESYS, argv[0],
                            "no process for a fetch helper: %s; see the limit of processes",
                            strerror(failure));
    }
    setpgid(pid, pid); /* both sides do, so the group is there whoever runs first */
    *child = (struct child){pid, ends[0]};
    return PK_OK;
}

/* Reads until the child ends (its output closes with it), says too much, or time is up. */
static void
collect(const struct child *child, struct pk_mono deadline, struct reply *reply)
{
    while (reply->count < sizeof reply->text - 1) {
        int64_t left_ms = deadline.ms - pk_mono_now().ms;
        if (left_ms <= 0) {
            return;
        }
        struct pollfd ready = {.fd = child->answer, .events = POLLIN};
        int found = poll(&ready, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (found <= 0) {
            continue;
        }
        ssize_t got =
            read(child->answer, reply->text + reply->count, sizeof reply->text - 1 - reply->count);
        if (got <= 0) {
            break;
        }
        reply->count += (size_t)got;
    }
    reply->in_time = true;
}

/* The whole group dies, so nothing that the helper started outlives the fetch. */
static void
end(const struct child *child, struct reply *reply)
{
    kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, &reply->status, 0) < 0 && errno == EINTR) {
    }
    close(child->answer);
}

/* The line without its end; NULL when there is none. */
static char *
answer_line(struct reply *reply)
{
    if (reply->count == 0 || reply->text[reply->count - 1] != '\n') {
        return NULL;
    }
    reply->text[reply->count - 1] = '\0';
    return reply->text;
}

/* Names of files and branches may hold anything: a message stays on its line. */
static void
keep_to_one_line(char *text)
{
    for (; *text != '\0'; text++) {
        if (iscntrl((unsigned char)*text)) {
            *text = ' ';
        }
    }
}

static bool
is_commit(const char *text)
{
    return strlen(text) == PK_COMMIT_TEXT_BYTES - 1 &&
           strspn(text, "0123456789abcdef") == PK_COMMIT_TEXT_BYTES - 1;
}

/* `CODE WHERE<tab>MESSAGE` of a helper that failed and knows why; where may be missing. */
static enum pk_code
told_error(const struct pk_repository_config *config, char *told, struct pk_error *err)
{
    int64_t code = 0;
    char *where = strchr(told, ' ');
    char *message = where != NULL ? strchr(where, PK_FETCH_REPLY_SEPARATOR) : NULL;
    if (message != NULL) {
        *where++ = '\0';
        *message++ = '\0';
        keep_to_one_line(where);
        keep_to_one_line(message);
    }
    if (message == NULL || told[0] != '-' || !pk_parse_number(told + 1, 1, -PK_EDAMAGED, &code)) {
        return pk_error_set(err, PK_ESYS, config->helper,
                            "the fetch helper gave no understandable answer; see whether this "
                            "program is the running version of pairkeeper");
    }
    return pk_error_set(err, (enum pk_code) - code, where[0] != '\0' ? where : config->url, "%s",
                        message);
}

/* Why there is no line. */
static enum pk_code
silent_error(const struct pk_repository_config *config, const struct reply *reply,
             struct pk_error *err)
{
    if (!reply->in_time) {
        return pk_error_set(err, PK_EAGAIN, config->url,
                            "no answer within %g s, the fetch was stopped; see whether the "
                            "repository answers, or raise repository.timeout",
                            (double)config->timeout_ms / MS_PER_S);
    }
    if (WIFSIGNALED(reply->status) && WTERMSIG(reply->status) != SIGKILL) {
        return pk_error_set(err, PK_ESYS, config->url,
                            "the fetch helper was ended by a signal (%s); see the system's log",
                            strsignal(WTERMSIG(reply->status)));
    }
    if (WIFEXITED(reply->status) && WEXITSTATUS(reply->status) == EXEC_FAILED) {
        return pk_error_set(err, PK_ESYS, config->helper,
                            "the fetch helper does not start; see whether it may be executed");
    }
    return pk_error_set(err, PK_ESYS, config->url,
                        "the fetch helper ended without an answer; see the system's log, memory "
                        "may have run out");
}

static enum pk_code
understand(const struct pk_repository_config *config, struct reply *reply,
           char commit[PK_COMMIT_TEXT_BYTES], struct pk_error *err)
{
    const size_t commit_prefix = sizeof PK_FETCH_REPLY_COMMIT - 1;
    const size_t error_prefix = sizeof PK_FETCH_REPLY_ERROR - 1;
    char *line = answer_line(reply);
    if (line == NULL) {
        return silent_error(config, reply, err);
    }
    if (strncmp(line, PK_FETCH_REPLY_COMMIT, commit_prefix) == 0 &&
        is_commit(line + commit_prefix)) {
        memcpy(commit, line + commit_prefix, PK_COMMIT_TEXT_BYTES);
        return PK_OK;
    }
    bool is_error = strncmp(line, PK_FETCH_REPLY_ERROR, error_prefix) == 0;
    return told_error(config, is_error ? line + error_prefix : line, err);
}

enum pk_code
pk_repository_check(const struct pk_repository_config *config, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_fetch_source source;
    enum pk_code code = pk_fetch_source_parse(pool, config->url, &source, err);
    return code == PK_OK ? pk_fetch_access_check(config, &source, err) : code;
}

/* Starts the helper with what it may know, which is gone from here afterwards. */
static enum pk_code
start_for(const struct pk_repository_config *config, const struct pk_fetch_source *source,
          const char *how, struct child *child, struct pk_error *err)
{
    PK_SCRATCH(pool);
    PK_CLEANUP(close_descriptor) int input = -1;
    enum pk_code code = pk_fetch_access_send(config, source, &input, err);
    if (code != PK_OK) {
        return code;
    }
    uint64_t pack_bytes =
        config->pack_bytes_limit != 0 ? config->pack_bytes_limit : PK_PACK_BYTES_LIMIT;
    char *const argv[PK_FETCH_ARGUMENTS + 1] = {
        [PK_FETCH_PROGRAM] = pk_strdup(pool, config->helper),
        [PK_FETCH_VERB] = pk_strdup(pool, PK_FETCH_HELPER_VERB),
        [PK_FETCH_BARE] = pk_strdup(pool, config->bare),
        [PK_FETCH_SOURCE] = pk_strdup(pool, source->address),
        [PK_FETCH_BRANCH] = pk_strdup(pool, config->branch),
        [PK_FETCH_PACK_BYTES] = pk_sprintf(pool, "%" PRIu64, pack_bytes),
        [PK_FETCH_HOW] = pk_strdup(pool, how),
    };
    return start(argv, input, child, err);
}

static enum pk_code
fetch(const struct pk_repository_config *config, const char *how, char commit[PK_COMMIT_TEXT_BYTES],
      struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_fetch_source source;
    struct pk_mono deadline = {pk_mono_now().ms + config->timeout_ms};
    struct child child = {0};
    enum pk_code code = pk_fetch_source_parse(pool, config->url, &source, err);
    if (code == PK_OK) {
        code = start_for(config, &source, how, &child, err);
    }
    if (code != PK_OK) {
        return code;
    }
    struct reply reply = {0};
    collect(&child, deadline, &reply);
    end(&child, &reply);
    return understand(config, &reply, commit, err);
}

enum pk_code
pk_repository_fetch(const struct pk_repository_config *config, char commit[PK_COMMIT_TEXT_BYTES],
                    struct pk_error *err)
{
    enum pk_code code = fetch(config, PK_FETCH_ONTO, commit, err);
    return code == PK_EDAMAGED ? fetch(config, PK_FETCH_AFRESH, commit, err) : code;
}

enum pk_code
pk_repository_mend(const struct pk_repository_config *config, struct pk_error *err)
{
    char tip[PK_COMMIT_TEXT_BYTES];
    return fetch(config, PK_FETCH_AFRESH, tip, err);
}
