#!/usr/bin/env python3
"""The straightforward way: read the YAML, read both servers' tables, compare dictionaries.

usage: peer.py FOLDER DATABASE

It answers the same question as `pairkeeper diff` for a pair in step (which scopes differ on which
server, and in what), with the fast YAML loader and without validation, causes, guards or a plan.
"""

import ipaddress
import json
import pathlib
import sqlite3
import sys

import yaml

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text):
    text = str(text)
    return int(text) if text.isdigit() else int(text[:-1]) * UNITS[text[-1]]


def options_of(stated):
    options = {}
    for name, value in stated.items():
        values = value["value"] if isinstance(value, dict) else value
        values = values if isinstance(values, list) else [values]
        options[name] = ([str(one) for one in values],
                         value.get("always-send") if isinstance(value, dict) else None)
    return options


def wanted(folder):
    relationships, stated = {}, []
    for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        relationships.update(document.get("relationships") or {})
        stated.extend(document.get("scopes") or [])
    scopes = {}
    for scope in stated:
        defaults = relationships[scope["relationship"]].get("scope-defaults", {})
        network = ipaddress.ip_network(scope["subnet"])
        first, last = scope["ranges"][0].split("-")
        scopes[int(network.network_address)] = {
            "length": network.prefixlen,
            "relationship": scope["relationship"],
            "id": scope["id"],
            "name": scope["name"],
            "description": scope["description"],
            "ranges": [(int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last)))],
            "lease": seconds(scope["lease-time"]),
            "renew": seconds(scope["renew-time"]),
            "rebind": seconds(scope["rebind-time"]),
            "options": options_of({**defaults.get("options", {}), **scope["options"]}),
            "reservations": {one["mac"]: (int(ipaddress.ip_address(one["ip"])), one["hostname"])
                             for one in scope["reservations"]},
        }
    return relationships, scopes


def held(database, server):
    scopes, by_record = {}, {}
    for row in database.execute(
            "SELECT s.record_id, s.scope_id, s.prefix_length, s.subnet_id, s.scope_name,"
            " s.description, s.lease_duration, s.renew_time, s.rebind_time, f.relationship_name"
            " FROM adm_dhcp_scopes s"
            " JOIN adm_dhcp_servers v ON v.record_id = s.dhcp_server_record_id"
            " LEFT JOIN adm_dhcp_scope_failover l ON l.scope_id = s.record_id"
            " LEFT JOIN adm_dhcp_failover_relations f ON f.record_id = l.failover_relation_id"
            " WHERE v.name = ?", (server,)):
        by_record[row[0]] = scopes[row[1]] = {
            "length": row[2], "relationship": row[9], "id": row[3], "name": row[4],
            "description": row[5], "ranges": [], "lease": row[6], "renew": row[7],
            "rebind": row[8], "options": {}, "reservations": {}}
    for record, first, last in database.execute(
            "SELECT scope_record_id, start_ip_address, end_ip_address FROM adm_ip_ranges"):
        if record in by_record:
            by_record[record]["ranges"].append((first, last))
    for record, name, values, always in database.execute(
            "SELECT o.scope_record_id, d.name, o.\"values\", o.always_send FROM adm_dhcp_options o"
            " JOIN adm_dhcp_option_definitions d ON d.record_id = o.option_definition_record_id"):
        if record in by_record:
            by_record[record]["options"][name] = (
                [str(one) for one in json.loads(values)], None if always is None else bool(always))
    for record, mac, address, hostname in database.execute(
            "SELECT scope_record_id, reservation_client_id, ip_address, hostname"
            " FROM adm_dhcp_reservations"):
        if record in by_record:
            by_record[record]["reservations"][mac] = (address, hostname)
    return scopes


def main():
    relationships, scopes = wanted(sys.argv[1])
    database = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
    differing = 0
    for server in relationships["campus"]["servers"]:
        have = held(database, server)
        for subnet in sorted(scopes.keys() | have.keys()):
            want, has = scopes.get(subnet), have.get(subnet)
            if want != has:
                differing += 1
                for field in want or {}:
                    if has is None or want[field] != has[field]:
                        print(subnet, server, field, has and has[field], want[field])
    print(f"{len(scopes)} scopes, {differing} rows differ")
    return 2 if differing else 0


sys.exit(main())
