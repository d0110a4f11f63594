"""Faults planted into copies of the program, to show that the tests would find them.

Each row takes one guard away, or makes the world below the guard lie: the text that stands in the
file, and what the planted program has instead.  A row that no longer applies fails the build of the
programs: the guard has moved, and its row has to follow.
"""

PLANTED = {
    # Guard: every commit is on the disk before anybody may rely on it.
    "sync-normal": [("adm/db.c", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;")],
    # Guard: a scope is written whole or not at all.
    "half-commit": [("adm/scope-put.c", "    bool added = write_differences(put, &stored, true);\n",
                     "    pk_db_exec(put->txn->db,\n"
                     '               "RELEASE pk; COMMIT; BEGIN; SAVEPOINT pk", NULL);\n'
                     "    bool added = write_differences(put, &stored, true);\n")],
    # Guard: the intent is durable before the first write to a server.
    "no-intent": [("reconcilers/operation.c",
                   "    *id = pk_operation_begin(&txn, &operation);",
                   "    *id = pk_operation_begin(&txn, &operation);\n"
                   "    pk_operation_end(&txn, *id, NULL, pk_wall_now());")],
    # Guard: what was cut off is told.
    "no-telling": [("agent/pass-act.c", ".reason = PK_REASON_OPERATION_INTERRUPTED",
                    ".reason = PK_REASON_OPERATION_COMPLETED")],
    # Guard: nothing is overwritten that is not what the plan saw.
    "no-expected-hash": [("drivers/adm.c",
                          "if (pk_sha256_equal(now, &change->expected)) {",
                          "if (now != NULL) {")],
    # A server that says "written" and keeps what it had ...
    "lying-server": [("drivers/adm.c", "        pk_adm_scope_put(txn, name, change->wanted);\n",
                      "        if (pk_sha256_is_zero(&change->expected)) {\n"
                      "            pk_adm_scope_put(txn, name, change->wanted);\n        }\n")],
    # ... and the guard against it, reading back, gone as well.
    "no-verify": [("drivers/adm.c", "        pk_adm_scope_put(txn, name, change->wanted);\n",
                   "        if (pk_sha256_is_zero(&change->expected)) {\n"
                   "            pk_adm_scope_put(txn, name, change->wanted);\n        }\n"),
                  ("reconcilers/rows.c",
                   "        if (wrong == PK_PAIR && !is_as_wanted(task, side, &rows[side])) {",
                   "        if (rows == NULL && !is_as_wanted(task, side, &rows[side])) {")],
    # Guard: a transaction that could not be committed is no success.
    "deaf-commit": [("adm/transaction.c",
                     'pk_db_exec(txn->db, "COMMIT", &txn->failure);',
                     'pk_db_exec(txn->db, "COMMIT", NULL);')],
    # Guard: what a killed fetch left does not block the next.
    "no-clearing": [("desired-state/fetch-helper.c", "    remove_leftovers(fetch);\n", "")],
    # Guard: a file whose reading ran out of memory is not an empty one.
    "deaf-parser": [("desired-state/document.c",
                     "    if (parser->error == YAML_MEMORY_ERROR) {\n        pk_out_of_memory();",
                     "    if (parser->error == YAML_MEMORY_ERROR) {\n        return;")],
    # Guard: a database that was removed takes no more writes.
    "blind-to-removal": [("adm/transaction.c", "pk_db_present(db, failure) == PK_OK", "db != NULL"),
                         ("agent/agent.c",
                          "pk_db_present(agent->db, &agent->failure) == PK_OK", "agent != NULL")],
}
