/*
 * The one place with SQL.  Puts that end in `WHERE … IS NOT …` change no row when nothing differs,
 * so nothing is written then.  CROSS JOIN fixes the order of the loops: scopes come in order from
 * their index, what hangs on them from its own, and nothing is sorted.
 */
#include "adm/statements.h"

/* The scopes of server ?1 with addresses from ?2 to ?3. */
#define SCOPES_OF_SERVER                                                                           \
    " WHERE s.dhcp_server_record_id = (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1)"    \
    " AND s.scope_id BETWEEN ?2 AND ?3 "

#define OPTION_COLUMNS "o.\"values\", o.always_send, o.never_send"

#define OPERATION_COLUMNS                                                                          \
    "id, kind, relationship, source, partner, revision, actor, digest, status, percent,"           \
    " started_ms, ended_ms, fault_outer, fault_inner, fault_message"

#define EVENT_COLUMNS                                                                              \
    "seq, time_ms, reason, relationship, subnet, server, operation_id, revision, actor, message,"  \
    " attributes"

static const char *const statements[PK_SQL_COUNT] = {
    [PK_SQL_SERVER_FIND] = "SELECT record_id FROM adm_dhcp_servers WHERE name = ?1",
    [PK_SQL_SERVER_INSERT] = "INSERT INTO adm_dhcp_servers(name, driver) VALUES(?1, ?2)",
    [PK_SQL_SERVER_SET_DRIVER] = "UPDATE adm_dhcp_servers SET driver = ?2"
                                 " WHERE record_id = ?1 AND driver <> ?2",
    [PK_SQL_SERVER_SEQUENCE] = "SELECT change_sequence FROM adm_dhcp_servers WHERE name = ?1",
    [PK_SQL_SERVER_CHANGED] = "UPDATE adm_dhcp_servers SET change_sequence = change_sequence + 1"
                              " WHERE record_id = ?1",
    [PK_SQL_VENDOR_CLASS_FIND] = "SELECT record_id FROM adm_dhcp_vendor_classes"
                                 " WHERE dhcp_server_record_id = ?1 AND name = ?2",
    [PK_SQL_VENDOR_CLASS_INSERT] = "INSERT INTO adm_dhcp_vendor_classes"
                                   "(dhcp_server_record_id, name) VALUES(?1, ?2)",
    [PK_SQL_DEFINITION_FIND] = "SELECT record_id FROM adm_dhcp_option_definitions"
                               " WHERE dhcp_server_record_id = ?1"
                               " AND ifnull(vendor_class_record_id, 0) = ?2 AND option_id = ?3",
    [PK_SQL_DEFINITION_INSERT] =
        "INSERT INTO adm_dhcp_option_definitions(dhcp_server_record_id, vendor_class_record_id,"
        " option_id, name, option_type, option_collection_type) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [PK_SQL_SUPERSCOPE_FIND] = "SELECT record_id FROM adm_dhcp_superscopes"
                               " WHERE server = ?1 AND name = ?2",
    [PK_SQL_SUPERSCOPE_INSERT] = "INSERT INTO adm_dhcp_superscopes(server, name) VALUES(?1, ?2)",

    [PK_SQL_SCOPES] =
        "SELECT s.record_id, s.scope_id, s.prefix_length, s.failover_config_sync_status,"
        " s.number_of_active_leases, f.relationship_name, n.name, s.kea, s.subnet_id, s.scope_name,"
        " s.description, s.status, s.lease_duration, s.renew_time, s.rebind_time"
        " FROM adm_dhcp_scopes s"
        " LEFT JOIN adm_dhcp_scope_failover l ON l.scope_id = s.record_id"
        " LEFT JOIN adm_dhcp_failover_relations f ON f.record_id = l.failover_relation_id"
        " LEFT JOIN adm_dhcp_superscopes n ON n.record_id = s.superscope_record_id" SCOPES_OF_SERVER
        "ORDER BY s.scope_id",
    [PK_SQL_SCOPE_RANGES] =
        "SELECT s.record_id, r.start_ip_address, r.end_ip_address, r.settings"
        " FROM adm_dhcp_scopes s"
        " CROSS JOIN adm_ip_ranges r ON r.scope_record_id = s.record_id" SCOPES_OF_SERVER
        "ORDER BY s.scope_id, r.start_ip_address",
    [PK_SQL_SCOPE_OPTIONS] = "SELECT s.record_id, d.name, " OPTION_COLUMNS " FROM adm_dhcp_scopes s"
                             " CROSS JOIN adm_dhcp_options o ON o.scope_record_id = s.record_id"
                             " AND o.reservation_id IS NULL"
                             " JOIN adm_dhcp_option_definitions d ON d.record_id = "
                             "o.option_definition_record_id" SCOPES_OF_SERVER "ORDER BY s.scope_id",
    [PK_SQL_SCOPE_RESERVATIONS] =
        "SELECT s.record_id, r.record_id, r.identifier_type, r.reservation_client_id,"
        " r.ip_address, r.hostname, r.reservation_name, r.kea FROM adm_dhcp_scopes s"
        " CROSS JOIN adm_dhcp_reservations r ON r.scope_record_id = s.record_id" SCOPES_OF_SERVER
        "ORDER BY s.scope_id, r.record_id",
    [PK_SQL_RESERVATION_OPTIONS] =
        "SELECT s.record_id, o.reservation_id, d.name, " OPTION_COLUMNS " FROM adm_dhcp_scopes s"
        " CROSS JOIN adm_dhcp_options o ON o.scope_record_id = s.record_id"
        " AND o.reservation_id IS NOT NULL"
        " JOIN adm_dhcp_option_definitions d ON d.record_id = "
        "o.option_definition_record_id" SCOPES_OF_SERVER
        "ORDER BY s.scope_id, o.reservation_id, d.name",

    [PK_SQL_SCOPE_HASHES] =
        "SELECT scope_id, prefix_length, subnet_id, hash FROM adm_dhcp_scopes"
        " WHERE dhcp_server_record_id = (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1)"
        " ORDER BY scope_id",
    [PK_SQL_SCOPE_HASHES_LACKING] =
        "SELECT 1 FROM adm_dhcp_scopes WHERE hash IS NULL AND dhcp_server_record_id ="
        " (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1) LIMIT 1",
    [PK_SQL_SCOPES_NEAR] = /* the last one before ?2, those from ?2 to ?3, that with id ?4 */
    "WITH server AS (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1)"
    " SELECT * FROM (SELECT scope_id, prefix_length, subnet_id FROM adm_dhcp_scopes"
    "  WHERE dhcp_server_record_id = (SELECT record_id FROM server) AND scope_id < ?2"
    "  ORDER BY scope_id DESC LIMIT 1)"
    " UNION SELECT scope_id, prefix_length, subnet_id FROM adm_dhcp_scopes"
    "  WHERE dhcp_server_record_id = (SELECT record_id FROM server)"
    "  AND scope_id BETWEEN ?2 AND ?3"
    " UNION SELECT scope_id, prefix_length, subnet_id FROM adm_dhcp_scopes"
    "  WHERE dhcp_server_record_id = (SELECT record_id FROM server) AND subnet_id = ?4",
    [PK_SQL_SCOPE_FIND] = "SELECT record_id, prefix_length FROM adm_dhcp_scopes"
                          " WHERE dhcp_server_record_id = ?1 AND scope_id = ?2",
    [PK_SQL_SCOPE_INSERT] =
        "INSERT INTO adm_dhcp_scopes(dhcp_server_record_id, scope_id, prefix_length,"
        " number_of_active_leases) SELECT record_id, ?2, ?3, CASE driver WHEN 'adm' THEN 0 END"
        " FROM adm_dhcp_servers WHERE record_id = ?1",
    [PK_SQL_SCOPE_UPDATE] =
        "UPDATE adm_dhcp_scopes SET superscope_record_id = ?2, kea = ?3, subnet_id = ?4,"
        " scope_name = ?5, description = ?6, status = ?7, lease_duration = ?8, renew_time = ?9,"
        " rebind_time = ?10 WHERE record_id = ?1",
    [PK_SQL_SCOPE_SET_RANGES] =
        "UPDATE adm_dhcp_scopes SET start_address = ?2, end_address = ?3,"
        " total_number_of_addresses_in_scope = ?4, total_number_of_excluded_addresses_in_scope = ?5"
        " WHERE record_id = ?1",
    [PK_SQL_SCOPE_SET_STATUS] = "UPDATE adm_dhcp_scopes SET failover_config_sync_status = ?2"
                                " WHERE record_id = ?1 AND failover_config_sync_status <> ?2",
    [PK_SQL_SCOPE_SET_HASH] = "UPDATE adm_dhcp_scopes SET hash = ?2 WHERE record_id = ?1",
    [PK_SQL_SCOPE_FILL_HASH] =
        "UPDATE adm_dhcp_scopes SET hash = ?4 WHERE scope_id = ?2 AND prefix_length = ?3"
        " AND hash IS NULL AND dhcp_server_record_id ="
        " (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1)",
    [PK_SQL_SCOPE_SET_LEASES] = "UPDATE adm_dhcp_scopes SET number_of_active_leases = ?2"
                                " WHERE record_id = ?1 AND number_of_active_leases IS NOT ?2",
    [PK_SQL_SCOPE_DELETE] = "DELETE FROM adm_dhcp_scopes WHERE record_id = ?1",
    [PK_SQL_RANGES_DELETE] = "DELETE FROM adm_ip_ranges WHERE scope_record_id = ?1",
    [PK_SQL_RANGE_INSERT] = "INSERT INTO adm_ip_ranges(scope_record_id, start_ip_address,"
                            " end_ip_address, settings) VALUES(?1, ?2, ?3, ?4)",
    [PK_SQL_OPTION_INSERT] =
        "INSERT INTO adm_dhcp_options(server_record_id, scope_record_id, reservation_id,"
        " option_definition_record_id, \"values\", always_send, never_send)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PK_SQL_OPTION_DELETE] =
        "DELETE FROM adm_dhcp_options WHERE scope_record_id = ?1 AND reservation_id IS NULL"
        " AND option_definition_record_id = ?2",
    [PK_SQL_RESERVATION_INSERT] =
        "INSERT INTO adm_dhcp_reservations(scope_record_id, identifier_type, reservation_client_id,"
        " ip_address, hostname, reservation_name, kea) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PK_SQL_RESERVATION_DELETE] =
        "DELETE FROM adm_dhcp_reservations WHERE scope_record_id = ?1 AND identifier_type = ?2"
        " AND reservation_client_id = ?3",
    [PK_SQL_LINK_INSERT] = "INSERT INTO adm_dhcp_scope_failover(scope_id, failover_relation_id)"
                           " VALUES(?1, ?2)",
    [PK_SQL_LINK_DELETE] = "DELETE FROM adm_dhcp_scope_failover WHERE scope_id = ?1",
    [PK_SQL_RETIRED_INSERT] =
        "INSERT INTO retired_ids(server_record_id, subnet_id, scope_id, prefix_length)"
        " SELECT dhcp_server_record_id, subnet_id, scope_id, prefix_length FROM adm_dhcp_scopes"
        " WHERE record_id = ?1 AND subnet_id IS NOT NULL ON CONFLICT DO NOTHING",
    [PK_SQL_RETIRED_LOAD] =
        "SELECT subnet_id, scope_id, prefix_length FROM retired_ids WHERE server_record_id ="
        " (SELECT record_id FROM adm_dhcp_servers WHERE name = ?1)"
        " ORDER BY subnet_id, scope_id, prefix_length",

    [PK_SQL_RELATIONS] =
        "SELECT f.relationship_name, a.name, b.name, f.state, f.kea, f.server1_name,"
        " f.server2_name, f.mode, f.source, f.server1_percentage, f.standby_percentage, f.mclt,"
        " f.auto_state_transition, f.state_switch_interval FROM adm_dhcp_failover_relations f"
        " LEFT JOIN adm_dhcp_servers a ON a.record_id = f.server1_record_id"
        " LEFT JOIN adm_dhcp_servers b ON b.record_id = f.server2_record_id"
        " WHERE ?1 IS NULL OR f.relationship_name = ?1 ORDER BY f.relationship_name",
    [PK_SQL_RELATION_FIND] = "SELECT record_id FROM adm_dhcp_failover_relations"
                             " WHERE relationship_name = ?1",
    [PK_SQL_RELATION_HAS_MEMBER] = "SELECT 1 FROM adm_dhcp_failover_relations WHERE record_id = ?1"
                                   " AND ?2 IN (server1_record_id, server2_record_id)",
    [PK_SQL_RELATION_INSERT] = "INSERT INTO adm_dhcp_failover_relations(relationship_name)"
                               " VALUES(?1)",
    [PK_SQL_RELATION_UPDATE] =
        "UPDATE adm_dhcp_failover_relations SET server1_record_id = ?2, server2_record_id = ?3,"
        " state = ?4, kea = ?5, server1_name = ?6, server2_name = ?7, mode = ?8, source = ?9,"
        " server1_percentage = ?10, standby_percentage = ?11, mclt = ?12,"
        " auto_state_transition = ?13, state_switch_interval = ?14 WHERE record_id = ?1",
    [PK_SQL_RELATION_UNLINK] =
        "DELETE FROM adm_dhcp_scope_failover WHERE failover_relation_id = ?1 AND scope_id IN"
        " (SELECT s.record_id FROM adm_dhcp_scopes s JOIN adm_dhcp_failover_relations f"
        "  ON f.record_id = ?1 WHERE s.record_id = adm_dhcp_scope_failover.scope_id"
        "  AND s.dhcp_server_record_id IS NOT f.server1_record_id"
        "  AND s.dhcp_server_record_id IS NOT f.server2_record_id)",
    [PK_SQL_RELATION_FORGET_HASHES] =
        "UPDATE adm_dhcp_scopes SET hash = NULL WHERE record_id IN"
        " (SELECT scope_id FROM adm_dhcp_scope_failover WHERE failover_relation_id = ?1)",
    [PK_SQL_RELATION_CHANGED] =
        "UPDATE adm_dhcp_servers SET change_sequence = change_sequence + 1 WHERE record_id IN"
        " (SELECT server1_record_id FROM adm_dhcp_failover_relations WHERE record_id = ?1"
        "  UNION SELECT server2_record_id FROM adm_dhcp_failover_relations WHERE record_id = ?1)",
    [PK_SQL_RELATION_RENAME] = "UPDATE adm_dhcp_failover_relations SET relationship_name = ?2"
                               " WHERE record_id = ?1",

    [PK_SQL_APPLIED_LOAD] =
        "SELECT a.scope_id, a.prefix_length, a.relationship, p.part, p.value FROM applied a"
        " LEFT JOIN applied_parts p ON p.base_id = a.base_id"
        " WHERE a.server = ?1 AND (?2 IS NULL OR a.relationship = ?2)"
        " ORDER BY a.scope_id, a.prefix_length",
    [PK_SQL_APPLIED_LOAD_ONE] =
        "SELECT a.scope_id, a.prefix_length, a.relationship, p.part, p.value FROM applied a"
        " LEFT JOIN applied_parts p ON p.base_id = a.base_id"
        " WHERE a.server = ?1 AND a.scope_id = ?2 AND a.prefix_length = ?3",
    [PK_SQL_APPLIED_SUBNETS] = "SELECT scope_id, prefix_length FROM applied WHERE server = ?1"
                               " ORDER BY scope_id, prefix_length",
    [PK_SQL_APPLIED_RELATIONSHIPS] = /* from name to name in the index, not from scope to scope */
    "WITH RECURSIVE names(name) AS (SELECT min(relationship) FROM applied UNION ALL"
    " SELECT (SELECT min(relationship) FROM applied WHERE relationship > name) FROM names"
    "  WHERE name IS NOT NULL)"
    " SELECT name FROM names WHERE name IS NOT NULL"
    " UNION SELECT relationship FROM applied_relations ORDER BY 1",
    [PK_SQL_APPLIED_SERVERS] = "SELECT server, count(*) FROM applied WHERE relationship = ?1"
                               " GROUP BY server ORDER BY server",
    [PK_SQL_APPLIED_PUT] =
        "INSERT INTO applied(server, scope_id, prefix_length, relationship) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET relationship = ?4 WHERE relationship <> ?4",
    [PK_SQL_APPLIED_FIND] = "SELECT base_id FROM applied"
                            " WHERE server = ?1 AND scope_id = ?2 AND prefix_length = ?3",
    [PK_SQL_APPLIED_DELETE] = "DELETE FROM applied WHERE server = ?1 AND scope_id = ?2"
                              " AND prefix_length = ?3 AND relationship = ?4",
    [PK_SQL_APPLIED_PARTS] = "SELECT part, value FROM applied_parts WHERE base_id = ?1",
    [PK_SQL_APPLIED_PART_PUT] = "INSERT INTO applied_parts(base_id, part, value) VALUES(?1, ?2, ?3)"
                                " ON CONFLICT DO UPDATE SET value = ?3",
    [PK_SQL_APPLIED_PART_DELETE] = "DELETE FROM applied_parts WHERE base_id = ?1 AND part = ?2",
    [PK_SQL_OWNED_LOAD] = "SELECT scope_id, prefix_length, relationship, part, 'true' FROM owned"
                          " WHERE relationship = ?1 ORDER BY scope_id, prefix_length",
    [PK_SQL_OWNED_LOAD_ONE] =
        "SELECT scope_id, prefix_length, relationship, part, 'true' FROM owned"
        " WHERE relationship = ?1 AND scope_id = ?2 AND prefix_length = ?3",
    [PK_SQL_OWNED_PARTS] = "SELECT part, 'true' FROM owned"
                           " WHERE relationship = ?1 AND scope_id = ?2 AND prefix_length = ?3",
    [PK_SQL_OWNED_INSERT] = "INSERT INTO owned(relationship, scope_id, prefix_length, part)"
                            " VALUES(?1, ?2, ?3, ?4)",
    [PK_SQL_OWNED_DELETE] = "DELETE FROM owned WHERE relationship = ?1 AND scope_id = ?2"
                            " AND prefix_length = ?3 AND part = ?4",
    [PK_SQL_APPLIED_RELATION_LOAD] = "SELECT server1, server2 FROM applied_relations"
                                     " WHERE relationship = ?1",
    [PK_SQL_APPLIED_RELATION_PUT] =
        "INSERT INTO applied_relations(relationship, server1, server2) VALUES(?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET server1 = ?2, server2 = ?3"
        " WHERE server1 IS NOT ?2 OR server2 IS NOT ?3",
    [PK_SQL_APPLIED_RELATION_PARTS] = "SELECT part, value FROM applied_relation_parts"
                                      " WHERE relationship = ?1",
    [PK_SQL_APPLIED_RELATION_PART_PUT] =
        "INSERT INTO applied_relation_parts(relationship, part, value) VALUES(?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET value = ?3",
    [PK_SQL_APPLIED_RELATION_PART_DELETE] = "DELETE FROM applied_relation_parts"
                                            " WHERE relationship = ?1 AND part = ?2",
    [PK_SQL_RENAME_APPLIED] = "UPDATE OR REPLACE applied SET relationship = ?2"
                              " WHERE relationship = ?1",
    [PK_SQL_RENAME_OWNED] = "UPDATE OR REPLACE owned SET relationship = ?2 WHERE relationship = ?1",
    [PK_SQL_RENAME_APPLIED_RELATION] = "UPDATE OR REPLACE applied_relations SET relationship = ?2"
                                       " WHERE relationship = ?1",
    [PK_SQL_RENAME_CONDITIONS] = "UPDATE OR REPLACE conditions SET relationship = ?2"
                                 " WHERE relationship = ?1",
    [PK_SQL_RENAME_HELD] = "UPDATE OR REPLACE held_plans SET relationship = ?2"
                           " WHERE relationship = ?1",
    [PK_SQL_RENAME_SUSPENSION] = "UPDATE OR REPLACE suspensions SET relationship = ?2"
                                 " WHERE relationship = ?1",
    [PK_SQL_RENAME_RETRY] = "UPDATE OR REPLACE retries SET relationship = ?2"
                            " WHERE relationship = ?1",
    [PK_SQL_RENAME_HEALS] = "UPDATE heals SET relationship = ?2 WHERE relationship = ?1",
    [PK_SQL_RENAME_REVISIONS] = "UPDATE OR REPLACE revisions SET relationship = ?2"
                                " WHERE relationship = ?1",

    [PK_SQL_OPERATION_INSERT] =
        "INSERT INTO operations(kind, admin_operation_id, relationship, source, partner, revision,"
        " actor, digest, status, percent, started_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 0,"
        " ?9)",
    [PK_SQL_SUB_TASK_INSERT] =
        "INSERT INTO sub_tasks(operation_id, position, scope_id, prefix_length, server1, before1,"
        " wanted1, server2, before2, wanted2, status, reason)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [PK_SQL_SUB_TASK_END] = "UPDATE sub_tasks SET status = ?3, reason = ?4, fault_outer = ?5,"
                            " fault_inner = ?6, fault_message = ?7"
                            " WHERE operation_id = ?1 AND position = ?2",
    [PK_SQL_SUB_TASKS_NOT_RUN] = "UPDATE sub_tasks SET status = 6 WHERE operation_id = ?1"
                                 " AND status IN (0, 1)",
    [PK_SQL_OPERATION_PERCENT] = "UPDATE operations SET percent = ?2 WHERE id = ?1"
                                 " AND percent < ?2",
    [PK_SQL_OPERATION_OPEN] = "SELECT ended_ms IS NULL FROM operations WHERE id = ?1",
    [PK_SQL_OPERATION_KIND] = "SELECT kind FROM operations WHERE id = ?1",
    [PK_SQL_OPERATION_FAILED_TASK] =
        "SELECT fault_inner, fault_message FROM sub_tasks WHERE operation_id = ?1"
        " AND status IN (2, 6) ORDER BY status, position LIMIT 1",
    [PK_SQL_OPERATION_END] = "UPDATE operations SET percent = 100, status = ?2, ended_ms = ?3,"
                             " fault_outer = ?4, fault_inner = ?5, fault_message = ?6"
                             " WHERE id = ?1",
    [PK_SQL_OPERATIONS_UNFINISHED] = "SELECT " OPERATION_COLUMNS " FROM operations"
                                     " WHERE ended_ms IS NULL ORDER BY id",
    [PK_SQL_OPERATIONS_UNSETTLED] =
        "SELECT " OPERATION_COLUMNS " FROM operations WHERE ended_ms IS NULL"
        " OR (status = 3 AND id > (SELECT max(id) - 8 FROM operations)) ORDER BY id",
    [PK_SQL_OPERATION_GET] = "SELECT " OPERATION_COLUMNS " FROM operations WHERE id = ?1",
    [PK_SQL_OPERATIONS_LOAD] = "SELECT " OPERATION_COLUMNS " FROM operations"
                               " WHERE ?1 IS NULL OR relationship = ?1 ORDER BY id DESC LIMIT ?2",
    [PK_SQL_SUB_TASKS_LOAD] =
        "SELECT scope_id, prefix_length, server1, before1, wanted1, server2, before2, wanted2,"
        " status, reason, fault_outer, fault_inner, fault_message FROM sub_tasks"
        " WHERE operation_id = ?1 ORDER BY position",
    [PK_SQL_SUB_TASKS_UNSETTLED] = /* sides that have come to their end count as not written */
    "SELECT t.scope_id, t.prefix_length,"
    " iif(t.status = 4 OR one.server IS NOT NULL, NULL, t.server1), before1, wanted1,"
    " iif(t.status = 4 OR two.server IS NOT NULL, NULL, t.server2), before2, wanted2,"
    " status, reason, fault_outer, fault_inner, fault_message FROM sub_tasks t"
    " LEFT JOIN settled_intents one ON one.server = t.server1 AND one.scope_id = t.scope_id"
    " AND one.prefix_length = t.prefix_length AND one.operation_id >= t.operation_id"
    " LEFT JOIN settled_intents two ON two.server = t.server2 AND two.scope_id = t.scope_id"
    " AND two.prefix_length = t.prefix_length AND two.operation_id >= t.operation_id"
    " WHERE t.operation_id = ?1 ORDER BY position",
    [PK_SQL_INTENT_SETTLE] =
        "INSERT INTO settled_intents(server, scope_id, prefix_length, operation_id)"
        " SELECT ?1, ?2, ?3, max(id) FROM operations WHERE true"
        " ON CONFLICT DO UPDATE SET operation_id = excluded.operation_id",

    [PK_SQL_EVENT_HEAD] = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1",
    [PK_SQL_EVENT_ANCHOR] = "SELECT seq, hash FROM event_anchor",
    [PK_SQL_EVENT_INSERT] = "INSERT INTO events(" EVENT_COLUMNS ", hash)"
                            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [PK_SQL_EVENTS_OF_SUBJECT] = "SELECT " EVENT_COLUMNS " FROM events WHERE relationship IS ?1"
                                 " AND subnet IS ?2 AND server IS ?3 ORDER BY seq DESC",
    [PK_SQL_EVENT_REPEAT] = "INSERT INTO event_repeats(seq, count, last_ms) VALUES(?1, 1, ?2)"
                            " ON CONFLICT DO UPDATE SET count = count + 1, last_ms = ?2",
    [PK_SQL_EVENTS_LOAD] = "SELECT " EVENT_COLUMNS ", 1 + ifnull((SELECT count FROM event_repeats r"
                           " WHERE r.seq = events.seq), 0) FROM events"
                           " WHERE seq > ?1 AND time_ms >= ?2 ORDER BY seq LIMIT ?3",
    [PK_SQL_EVENTS_ALL] = "SELECT " EVENT_COLUMNS ", hash FROM events ORDER BY seq",
    [PK_SQL_EVENT_LAST_SEQ] = "SELECT seq, NULL FROM sqlite_sequence WHERE name = 'events'",

    [PK_SQL_CONDITION_PUT] =
        "INSERT INTO conditions(relationship, type, status, reason, message, since_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET status = ?3, reason = ?4,"
        " message = ?5, since_ms = CASE status WHEN ?3 THEN since_ms ELSE ?6 END"
        " WHERE status <> ?3 OR reason <> ?4 OR message <> ?5",
    [PK_SQL_CONDITIONS_LOAD] = "SELECT type, status, reason, message, since_ms FROM conditions"
                               " WHERE relationship = ?1",
    [PK_SQL_HELD_PUT] =
        "INSERT INTO held_plans(relationship, digest, plan_digest, guard, reason, plan, since_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET digest = ?2,"
        " plan_digest = ?3, guard = ?4, reason = ?5, plan = ?6,"
        " since_ms = CASE digest WHEN ?2 THEN since_ms ELSE ?7 END"
        " WHERE digest <> ?2 OR plan_digest <> ?3 OR guard <> ?4 OR reason <> ?5 OR plan <> ?6",
    [PK_SQL_HELD_DELETE] = "DELETE FROM held_plans WHERE relationship = ?1",
    [PK_SQL_HELD_LOAD] = "SELECT relationship, digest, plan_digest, guard, reason, plan, since_ms"
                         " FROM held_plans ORDER BY relationship",
    [PK_SQL_APPROVAL_PUT] =
        "INSERT INTO approvals(digest, actor, reason, given_ms, until_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET actor = ?2, reason = ?3,"
        " given_ms = ?4, until_ms = ?5",
    [PK_SQL_APPROVAL_DELETE] = "DELETE FROM approvals WHERE digest = ?1",
    [PK_SQL_APPROVALS_LOAD] = "SELECT digest, actor, reason, given_ms, until_ms FROM approvals"
                              " WHERE until_ms > ?1 ORDER BY digest",
    [PK_SQL_SUSPENSION_PUT] =
        "INSERT INTO suspensions(relationship, actor, reason, since_ms, until_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET actor = ?2, reason = ?3,"
        " since_ms = ?4, until_ms = ?5",
    [PK_SQL_SUSPENSION_DELETE] = "DELETE FROM suspensions WHERE relationship = ?1",
    [PK_SQL_SUSPENSIONS_LOAD] = "SELECT relationship, actor, reason, since_ms, until_ms"
                                " FROM suspensions WHERE until_ms = 0 OR until_ms > ?1"
                                " ORDER BY relationship",
    [PK_SQL_RETRY_PUT] =
        "INSERT INTO retries(relationship, want_digest, attempts, next_ms, quiet_since_ms, stalled)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET want_digest = ?2,"
        " attempts = ?3, next_ms = ?4, quiet_since_ms = ?5, stalled = ?6"
        " WHERE want_digest <> ?2 OR attempts <> ?3 OR next_ms <> ?4 OR quiet_since_ms <> ?5"
        " OR stalled <> ?6",
    [PK_SQL_RETRY_DELETE] = "DELETE FROM retries WHERE relationship = ?1",
    [PK_SQL_RETRIES_LOAD] = "SELECT relationship, want_digest, attempts, next_ms, quiet_since_ms,"
                            " stalled FROM retries ORDER BY relationship",
    [PK_SQL_HEAL_INSERT] =
        "INSERT INTO heals(relationship, server, scope_id, prefix_length, part, had, healed,"
        " time_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [PK_SQL_HEALS_LOAD] =
        "SELECT server, scope_id, prefix_length, part, had, healed, time_ms FROM heals"
        " WHERE relationship = ?1 AND time_ms >= ?2 ORDER BY time_ms, id",
    [PK_SQL_HEALS_FORGET_BEFORE] = "DELETE FROM heals WHERE time_ms < ?1",
    [PK_SQL_HEALS_FORGET_RELATIONSHIP] = "DELETE FROM heals WHERE relationship = ?1",
    [PK_SQL_REVISION_PUT] =
        "INSERT INTO revisions(relationship, kind, commit_id, time_ms) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET commit_id = ?3, time_ms = ?4 WHERE commit_id <> ?3",
    [PK_SQL_REVISION_GET] = "SELECT commit_id FROM revisions WHERE relationship = ?1 AND kind = ?2",
    [PK_SQL_SIGHTING_PUT] =
        "INSERT INTO sightings(server, reachable, observed_at_ms, reason) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET reachable = ?2, observed_at_ms = ?3, reason = ?4"
        " WHERE reachable <> ?2 OR reason IS NOT ?4 OR observed_at_ms + ?5 <= ?3",
    [PK_SQL_SIGHTINGS_LOAD] = "SELECT server, reachable, observed_at_ms, reason FROM sightings"
                              " ORDER BY server",

    [PK_SQL_MIRROR_PUT] =
        "INSERT INTO mirrors(server_record_id, sequence, surroundings) VALUES(?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET sequence = ?2, surroundings = ?3"
        " WHERE sequence IS NOT ?2 OR surroundings IS NOT ?3",
    [PK_SQL_MIRROR_SEQUENCE] =
        "SELECT m.sequence FROM mirrors m"
        " JOIN adm_dhcp_servers s ON s.record_id = m.server_record_id WHERE s.name = ?1",
    [PK_SQL_MIRROR_SURROUNDINGS] =
        "SELECT m.surroundings FROM mirrors m"
        " JOIN adm_dhcp_servers s ON s.record_id = m.server_record_id WHERE s.name = ?1",
    [PK_SQL_MIRROR_SET_UNSAVED] =
        "INSERT INTO mirrors(server_record_id, unsaved) VALUES(?1, ?2)"
        " ON CONFLICT DO UPDATE SET unsaved = ?2, sequence = iif(?2, NULL, sequence)"
        " WHERE unsaved <> ?2 OR (?2 AND sequence IS NOT NULL)",
    [PK_SQL_MIRRORS_UNSAVED] = "SELECT s.name FROM mirrors m"
                               " JOIN adm_dhcp_servers s ON s.record_id = m.server_record_id"
                               " WHERE m.unsaved = 1 ORDER BY s.name",
    [PK_SQL_PEERING_PUT] = "INSERT INTO peerings VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
                           " SET self = ?3, partner = ?4, self_is_first = ?5"
                           " WHERE self <> ?3 OR partner <> ?4 OR self_is_first <> ?5",
    [PK_SQL_PEERINGS_DELETE] = /* those from position ?2 on */
    "DELETE FROM peerings WHERE server_record_id = ?1 AND position >= ?2",
    [PK_SQL_PEERINGS_LOAD] = "SELECT p.self, p.partner, p.self_is_first FROM peerings p"
                             " JOIN adm_dhcp_servers s ON s.record_id = p.server_record_id"
                             " WHERE s.name = ?1 ORDER BY p.position",
    [PK_SQL_PAIR_HEALTH_PUT] = /* ?13: what was seen before then is no longer fresh */
    "INSERT INTO pair_health(server_record_id, relationship, pair_state, role, state,"
    " partner_state, contact_age_s, unsent_updates, unacked_clients, in_touch, interrupted,"
    " seen_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    " ON CONFLICT DO UPDATE SET pair_state = ?3, role = ?4, state = ?5, partner_state = ?6,"
    " contact_age_s = ?7, unsent_updates = ?8, unacked_clients = ?9, in_touch = ?10,"
    " interrupted = ?11, seen_ms = ?12"
    " WHERE pair_state IS NOT ?3 OR role IS NOT ?4 OR state IS NOT ?5 OR partner_state IS NOT ?6"
    " OR in_touch IS NOT ?10 OR interrupted IS NOT ?11 OR seen_ms NOT BETWEEN ?13 AND ?12",
    [PK_SQL_PAIR_HEALTH_LOAD] =
        "SELECT s.name, h.relationship, h.pair_state, h.role, h.state, h.partner_state,"
        " h.contact_age_s, h.unsent_updates, h.unacked_clients, h.in_touch, h.interrupted,"
        " h.seen_ms FROM pair_health h"
        " JOIN adm_dhcp_servers s ON s.record_id = h.server_record_id"
        " ORDER BY h.relationship, s.name",

    [PK_SQL_SETTLED] = "SELECT commit_id, fingerprint, verified_ms, files, bytes FROM settled",
    [PK_SQL_SETTLED_FILES] = "SELECT path, content FROM settled_files ORDER BY path",
    [PK_SQL_SETTLED_OPEN] = "SELECT scope_id, prefix_length FROM settled_open"
                            " ORDER BY scope_id, prefix_length",
    [PK_SQL_SETTLED_RELATIONSHIPS] = "SELECT relationship, scopes FROM settled_relationships"
                                     " ORDER BY relationship",
    [PK_SQL_SETTLED_SERVERS] = "SELECT server, change_sequence FROM settled_servers"
                               " ORDER BY server",
    [PK_SQL_SETTLED_DELETE] = "DELETE FROM settled",
    [PK_SQL_SETTLED_FILES_DELETE] = "DELETE FROM settled_files",
    [PK_SQL_SETTLED_OPEN_DELETE] = "DELETE FROM settled_open",
    [PK_SQL_SETTLED_RELATIONSHIPS_DELETE] = "DELETE FROM settled_relationships",
    [PK_SQL_SETTLED_SERVERS_DELETE] = "DELETE FROM settled_servers",
    [PK_SQL_SETTLED_INSERT] = "INSERT INTO settled(id, commit_id, fingerprint, verified_ms, files,"
                              " bytes) VALUES(1, ?1, ?2, ?3, ?4, ?5)",
    [PK_SQL_SETTLED_FILE_INSERT] = "INSERT INTO settled_files(path, content) VALUES(?1, ?2)",
    [PK_SQL_SETTLED_OPEN_INSERT] = "INSERT INTO settled_open(scope_id, prefix_length)"
                                   " VALUES(?1, ?2)",
    [PK_SQL_SETTLED_RELATIONSHIP_INSERT] =
        "INSERT INTO settled_relationships(relationship, scopes) VALUES(?1, ?2)",
    [PK_SQL_SETTLED_SERVER_INSERT] =
        "INSERT INTO settled_servers(server, change_sequence) VALUES(?1, ?2)",

    [PK_SQL_VERIFIED] = "SELECT fingerprint, verified_ms FROM verified",
    [PK_SQL_VERIFIED_PUT] = "INSERT INTO verified(id, fingerprint, verified_ms) VALUES(1, ?1, ?2)"
                            " ON CONFLICT DO UPDATE SET fingerprint = ?1, verified_ms = ?2",
    [PK_SQL_VERIFIED_FORGET] = "DELETE FROM verified",
    [PK_SQL_VERIFIED_SCOPES] =
        "SELECT scope_id, prefix_length, relationship, declared, held, file FROM verified_scopes"
        " ORDER BY scope_id, prefix_length, relationship",
    [PK_SQL_VERIFIED_SCOPES_OUTDATED] =
        "DELETE FROM verified_scopes WHERE ?1 IS NOT (SELECT fingerprint FROM verified)",
    [PK_SQL_VERIFIED_SCOPES_FORGET] = "DELETE FROM verified_scopes",
    [PK_SQL_VERIFIED_SCOPE_PUT] =
        "INSERT INTO verified_scopes(scope_id, prefix_length, relationship, declared, held, file)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET declared = ?4, held = ?5,"
        " file = ?6 WHERE declared <> ?4 OR held <> ?5 OR file <> ?6",
    [PK_SQL_VERIFIED_SCOPE_FORGET] =
        "DELETE FROM verified_scopes WHERE scope_id = ?1 AND prefix_length = ?2",
};

const char *
pk_sql_text(enum pk_sql id)
{
    return statements[id];
}
