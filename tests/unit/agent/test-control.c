/*
 * Both ends of the control socket: verbs through a running agent, and clients that misbehave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/agent.h"
#include "agent/control-line.h"
#include "agent/control-server.h"
#include "agent/control.h"

enum { PATIENCE_MS = 20 * 1000 };

struct scene {
    char folder[64];
    char database[96];
    int listening;
    struct pk_config config;
    struct pk_agent agent;
    struct pk_pool *pool;
};

static int
set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct pk_error err = {0};
    strcpy(scene->folder, "/tmp/pk-control-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->database, sizeof scene->database, "%s/p.db", scene->folder);
    assert_int_equal(pk_control_listen(scene->database, &scene->listening, &err), PK_OK);
    scene->pool = pk_pool_new(NULL);
    scene->config = (struct pk_config){.database = scene->database, .file = "pairkeeper.yaml"};
    *state = scene;
    return 0;
}

static int
tear_down(void **state)
{
    struct scene *scene = *state;
    pk_control_unlisten(scene->database, &scene->listening);
    assert_int_equal(rmdir(scene->folder), 0); /* the socket is gone with its owner */
    pk_pool_free(scene->pool);
    free(scene);
    return 0;
}

/* The agent's side: serves one client. */
static void *
serve_one(void *argument)
{
    struct scene *scene = argument;
    struct pollfd polled = {.fd = scene->listening, .events = POLLIN};
    if (poll(&polled, 1, PATIENCE_MS) == 1) {
        const struct pk_context base = {
            .config = &scene->config, .columns = 80, .agent = &scene->agent};
        pk_control_serve(scene->listening, &base);
    }
    return NULL;
}

static pthread_t
start_agent(struct scene *scene)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, serve_one, scene), 0);
    return thread;
}

struct printed {
    char *out, *err;
    size_t out_bytes, err_bytes;
};

static enum pk_exit
ask(struct scene *scene, char **argv, int argc, struct printed *printed)
{
    pthread_t agent = start_agent(scene);
    struct pk_context context = {
        .pool = scene->pool,
        .config = &scene->config,
        .out = open_memstream(&printed->out, &printed->out_bytes),
        .err = open_memstream(&printed->err, &printed->err_bytes),
        .columns = 80,
    };
    struct pk_arguments arguments = {.argc = argc, .argv = argv};
    enum pk_exit exit = PK_EXIT_CANNOT_RUN;
    struct pk_error err = {0};
    assert_int_equal(pk_control_ask(&context, &arguments, &exit, &err), PK_OK);
    pthread_join(agent, NULL);
    fclose(context.out);
    fclose(context.err);
    return exit;
}

static void
a_verb_runs_in_the_agent_and_prints_in_the_client(void **state)
{
    struct scene *scene = *state;
    struct printed printed = {0};
    char *argv[] = {(char[]){"reconcile"}, NULL};
    scene->agent.next_pass.ms = INT64_MAX;
    assert_int_equal(ask(scene, argv, 1, &printed), PK_EXIT_IN_STEP);
    assert_non_null(strstr(printed.out, "a pass was asked for"));
    assert_string_equal(printed.err, "");
    assert_true(scene->agent.next_pass.ms < INT64_MAX); /* it was the agent that heard it */
    free(printed.out);
    free(printed.err);
}

static void
words_that_are_no_verb_are_a_usage_error(void **state)
{
    struct scene *scene = *state;
    char *const wrong[] = {(char[]){"aply"}, (char[]){"run"}, (char[]){"version"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct printed printed = {0};
        char *argv[] = {wrong[i], NULL};
        assert_int_equal(ask(scene, argv, 1, &printed), PK_EXIT_USAGE);
        assert_int_not_equal(printed.err_bytes, 0);
        free(printed.out);
        free(printed.err);
    }
}

static int
connect_raw(const struct scene *scene)
{
    PK_SCRATCH(pool);
    struct sockaddr_un address;
    assert_int_equal(pk_control_address(pk_control_path(pool, scene->database), &address, NULL),
                     PK_OK);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void
nonsense_ends_that_client_and_the_next_is_served(void **state)
{
    struct scene *scene = *state;
    static const char *const nonsense[] = {
        "",    "\n",         "[1]\n",           "{\"argv\": 3}\n", "{\"argv\": [1]}\n",
        "{\n", "\x00\xff\n", "{\"argv\": []}\n"};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        pthread_t agent = start_agent(scene);
        int fd = connect_raw(scene);
        size_t length = strlen(nonsense[i]);
        assert_int_equal(send(fd, nonsense[i], length, MSG_NOSIGNAL), length);
        shutdown(fd, SHUT_WR);
        pthread_join(agent, NULL);
        close(fd);
    }
    a_verb_runs_in_the_agent_and_prints_in_the_client(state);
}

static void
a_line_without_end_is_refused_at_the_limit(void **state)
{
    struct scene *scene = *state;
    pthread_t agent = start_agent(scene);
    int fd = connect_raw(scene);
    char block[4096];
    memset(block, 'x', sizeof block);
    size_t sent = 0;
    ssize_t more;
    while ((more = send(fd, block, sizeof block, MSG_NOSIGNAL)) > 0) {
        sent += (size_t)more;
        assert_true(sent < 64 * (size_t)PK_CONTROL_LINE_BYTES);
    }
    pthread_join(agent, NULL);
    close(fd);
}

static void
the_socket_is_for_owner_and_group_only(void **state)
{
    struct scene *scene = *state;
    struct stat about;
    PK_SCRATCH(pool);
    assert_int_equal(stat(pk_control_path(pool, scene->database), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0660);
}

static void
nobody_listening_is_told_apart_from_a_failure(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_config config = {.database = "/nonexistent/p.db"};
    struct pk_context context = {.pool = pool, .config = &config};
    struct pk_arguments arguments = {0};
    enum pk_exit exit = PK_EXIT_IN_STEP;
    struct pk_error err = {0};
    assert_int_equal(pk_control_ask(&context, &arguments, &exit, &err), PK_ENOENT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_verb_runs_in_the_agent_and_prints_in_the_client, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(words_that_are_no_verb_are_a_usage_error, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nonsense_ends_that_client_and_the_next_is_served, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_line_without_end_is_refused_at_the_limit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_socket_is_for_owner_and_group_only, set_up, tear_down),
        cmocka_unit_test(nobody_listening_is_told_apart_from_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
