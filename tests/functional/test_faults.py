"""`events --fault`: the fault behind an event, in words, as JSON and as the protocol's envelope."""

import contextlib
import sqlite3
import unittest
import xml.etree.ElementTree

from pairkeeper_case import PairkeeperCase, RELATIONSHIP, scopes, subnet

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
IPAM = "{http://schemas.datacontract.org/2004/07/Microsoft.Windows.Ipam}"
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
SERIALIZATION = "{http://schemas.microsoft.com/2003/10/Serialization/}"
REPLICATE_SCOPES, UPDATE_REMOTE, GENERIC = 655, 617, 97


class Faults(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.established(RELATIONSHIP, scopes([1, 2], "name: One"))
        self.edit("dhcp-b", subnet(1), "name=Other")
        self.run_program("apply")
        self.event = self.events_of("ScopeReplicated")[-1]

    def plant(self, message, inner=UPDATE_REMOTE, outer=REPLICATE_SCOPES):
        """Makes the sub-task of the last event a failed one: the embedded server never refuses."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute("UPDATE sub_tasks SET status = 2, fault_outer = ?, fault_inner = ?,"
                       " fault_message = ? WHERE operation_id = ?",
                       (outer, inner, message, self.event["operation"]))
            db.commit()

    def envelope(self, code=0):
        text = self.run_program("events", "--fault", self.event["seq"], "-o", "soap",
                                code=code).out
        return text, xml.etree.ElementTree.fromstring(text.encode())

    def test_the_envelope_has_the_protocols_elements_in_their_namespaces(self):
        self.plant("dhcp-b refused the scope")
        _, root = self.envelope()
        self.assertEqual(root.tag, SOAP + "Envelope")
        fault = root.find(f"{SOAP}Body/{SOAP}Fault")
        self.assertEqual([child.tag for child in fault],
                         [SOAP + "Code", SOAP + "Reason", SOAP + "Detail"])
        self.assertEqual(fault.find(f"{SOAP}Code/{SOAP}Value").text, "s:Sender")
        text = fault.find(f"{SOAP}Reason/{SOAP}Text")
        self.assertEqual(text.get("{http://www.w3.org/XML/1998/namespace}lang"), "en-US")
        self.assertEqual([child.tag for child in fault.find(SOAP + "Detail")],
                         [IPAM + "IpamException"])

    def test_outside_is_the_operation_and_inside_the_cause(self):
        self.plant("dhcp-b refused the scope")
        _, root = self.envelope()
        outer = root.find(f".//{IPAM}IpamException")
        self.assertEqual([child.tag for child in outer],
                         ["IpamExceptionData", "InnerIpamException"])
        inner = outer.find("InnerIpamException")
        ids = [one.find(f"IpamExceptionData/{IPAM}ExceptionId").text for one in (outer, inner)]
        self.assertEqual(ids, ["IpamApiDhcpFailoverFailedToReplicateScopes",
                               "IpamApiDhcpScopeFailedToUpdateInRemoteServer"])
        self.assertIn("replicate-scope of campus",
                      outer.find(f"IpamExceptionData/{IPAM}ExceptionMessage").text)
        self.assertEqual(inner.find(f"IpamExceptionData/{IPAM}ExceptionMessage").text,
                         "dhcp-b refused the scope")
        self.assertEqual(inner.find("InnerIpamException").get(INSTANCE + "nil"), "true")

    def test_types_and_references_are_qualified_and_unique(self):
        self.plant("refused", inner=GENERIC)
        text, root = self.envelope()
        data = list(root.iter("IpamExceptionData"))
        self.assertEqual([one.get(INSTANCE + "type") for one in data],
                         ["p:IpamExceptionData", "p:IpamGenericExceptionData"])
        self.assertEqual(len({one.get(SERIALIZATION + "Id") for one in data}), 2)
        self.assertIn(f'xmlns:p="{IPAM[1:-1]}"', text)

    def test_every_message_survives_as_far_as_xml_can_hold_it(self):
        for message, expected in (
                ("a < b & c > d \"e\" 'f' ]]>", "a < b & c > d \"e\" 'f' ]]>"),
                ("Bibliothèque, étage 1 — 図書館 \U0001f4da", "Bibliothèque, étage 1 — 図書館 \U0001f4da"),
                ("tab\tline\nreturn\r.", "tab\tline\nreturn\r."),
                ("bell\x07 escape\x1b[31m", "bell\ufffd escape\ufffd[31m"),
                ("delete\x7f \ufffe\uffff", "delete\x7f \ufffd\ufffd"),
                ("", None)):
            with self.subTest(message=message):
                self.plant(message)
                _, root = self.envelope()
                found = root.findall(f".//{IPAM}ExceptionMessage")[-1].text
                self.assertEqual(found, expected)

    def test_a_message_cut_inside_a_character_is_still_xml(self):
        self.plant("x" * 510 + "é")
        _, root = self.envelope()
        self.assertTrue(root.findall(f".//{IPAM}ExceptionMessage")[-1].text.startswith("xxx"))

    def test_words_and_json_have_the_same_fault(self):
        self.plant("dhcp-b refused the scope")
        text = self.run_program("events", "--fault", self.event["seq"]).out
        self.assertIn("replicate-scope of campus failed: dhcp-b refused the scope", text)
        fault = self.run_json("events", "--fault", self.event["seq"])["fault"]
        self.assertEqual(fault["outer"]["id"], REPLICATE_SCOPES)
        self.assertEqual(fault["inner"]["id"], UPDATE_REMOTE)

    def test_an_event_without_a_fault_and_no_event_at_all_are_told_apart(self):
        self.assertIn("has no fault", self.run_program("events", "--fault", self.event["seq"],
                                                       "-o", "soap", code=1).err)
        self.assertIn("there is no event", self.run_program("events", "--fault", 99999,
                                                            code=1).err)

    def test_soap_is_a_format_of_faults_and_of_nothing_else(self):
        for words in (("events",), ("diff",), ("status",), ("events", "--verify")):
            self.assertIn("SOAP", self.run_program("-o", "soap", *words, code=64).err)
        self.run_program("events", "--fault", "none", code=64)
        self.run_program("events", "--fault", "3", "--follow", code=64)

    def test_a_running_agent_answers_with_the_same_envelope(self):
        self.plant("refused & failed")
        alone, _ = self.envelope()
        agent = self.start_agent()
        self.assertEqual(self.envelope()[0], alone)
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    unittest.main()
