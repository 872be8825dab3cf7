"""A live move between two daemons, carried by hand and step by step.

    ferry = Ferry(source, target)     # connections of their administrators
    ferry.begin(); ferry.follow()
    ferry.depart(); ferry.follow(); ferry.arrive(); ferry.confirm()

Each step gives the daemon's answer. Whoever tests a step may leave it out, repeat it or change
what is carried.
"""

import base64
import json

from support.messages import move


def key_of(node_text):
    """The public key in the text of a node."""
    header = node_text.removeprefix("usher-node:").split(".")[0]
    jwk = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["jwk"]
    return base64.urlsafe_b64decode(jwk["x"] + "=")


class Ferry:
    def __init__(self, source, target, uri="usher://elsewhere:4750/"):
        self.source = source
        self.target = target
        self.uri = uri
        self.stream = b""
        self.position = 0
        self.mark = ""

    @staticmethod
    def node(office):
        return office.operate(node_show={}).operated.node.text

    def begin(self):
        """At both: what the source says of its licenses, or the first no."""
        answer = self.source.operate(move_begin=move.MoveBegin(
            target_node=self.node(self.target), uri=self.uri))
        if answer.HasField("refused"):
            return answer
        begun = answer.operated.move_begun
        self.stream = begun.stream
        arrival = self.target.operate(arrival_begin=move.ArrivalBegin(
            stream=self.stream, source_node=key_of(self.node(self.source)),
            departed=begun.departed))
        self.position = arrival.operated.arrival_begun.position
        return arrival if arrival.HasField("refused") else answer

    def read(self):
        return self.source.operate(move_read=move.MoveRead(
            stream=self.stream, after=self.position))

    def carry(self, part):
        answer = self.target.operate(follow=move.Follow(mark=part.mark, record=part.record))
        if not answer.HasField("refused"):
            self.position = answer.operated.arrival_begun.position
        return answer

    def follow(self):
        """To where the stream ends now: the last answer, or the first no."""
        while True:
            answer = self.read()
            if answer.HasField("refused"):
                return answer
            part = answer.operated.move_part
            answer = self.carry(part)
            if answer.HasField("refused") or not part.more:
                return answer

    def depart(self, tickets=()):
        return self.source.operate(depart=move.Depart(stream=self.stream, tickets=tickets))

    def arrive(self, tickets=(), receipts=()):
        answer = self.target.operate(arrive=move.Arrive(
            stream=self.stream, tickets=tickets, receipts=receipts))
        self.mark = answer.operated.handed.document
        return answer

    def confirm(self):
        return self.source.operate(departure_confirm=move.DepartureConfirm(document=self.mark))

    def whole(self):
        """All of it, without a ticket; gives the answer of the target's arrival."""
        for step in (self.begin, self.follow, self.depart, self.follow):
            answer = step()
            assert not answer.HasField("refused"), answer
        return self.arrive()
