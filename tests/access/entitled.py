"""Who keeps the rules of the bundle and its places, who waits for one: a part of `matrix.py`."""

# fmt: off
ENTITLED = """
sheets.index GET none | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
sheets.create GET none | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
sheets.create POST none | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
sheets.edit GET sheet | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
sheets.edit POST sheet | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
sheets.history GET sheet | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
sheets.act GET sheet | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
sheets.act POST sheet | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
questions.index GET sheet | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
questions.create GET sheet | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
questions.create POST sheet | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
questions.edit GET question | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
questions.edit POST question | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
questions.move POST question | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
questions.remove GET question | in 403 403 403 | 403 200 403 | 403 403 200 | 403 403
questions.remove POST question | 401 403 403 403 | 403 302 403 | 403 403 302 | 403 403
room.index GET partner | in 404 403 404 | 403 200 403 | 404 404 200 | 403 403
room.index POST partner | 401 404 403 404 | 403 302 403 | 404 404 302 | 403 403
room.open_more POST full | 401 404 403 404 | 403 302 403 | 404 404 302 | 403 403
waiting.join POST full | 401 302 302 302 | 403 403 403 | 403 403 403 | 403 403
waiting.leave POST full | 401 302 302 302 | 403 403 403 | 403 403 403 | 403 403
limits.index GET none | in 403 403 403 | 403 403 403 | 403 403 200 | 403 403
limits.index POST none | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
limits.grant POST none | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
limits.withdraw POST excepted | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
limits.partners GET none | in 403 403 403 | 403 403 403 | 403 403 200 | 403 403
limits.partners POST none | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
limits.lift POST giving | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
alike.index GET alike | in 403 403 403 | 403 403 403 | 200 200 200 | 403 403
alike.attach POST resembling | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
alike.unlike POST resembling | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
alike.show GET alike | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
alike.show POST alike | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
alike.take_out POST alike | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
requests.export GET proposed | in 200 200 200 | 200 200 200 | 200 200 200 | 403 403
network.index GET none | in 403 403 403 | 200 200 200 | 200 200 200 | 403 403
network.export GET none | in 403 403 403 | 200 200 200 | 200 200 200 | 403 403
network.add GET none | in 403 403 403 | 200 200 200 | 200 200 200 | 403 403
network.add POST none | 401 403 403 403 | 302 302 302 | 302 302 302 | 403 403
network.correct GET network | in 403 403 403 | 200 200 404 | 404 404 404 | 403 403
network.correct POST network | 401 403 403 403 | 302 302 404 | 404 404 404 | 403 403
network.delete GET network | in 403 403 403 | 200 200 404 | 404 404 404 | 403 403
network.delete POST network | 401 403 403 403 | 302 302 404 | 404 404 404 | 403 403
usage.export_network GET none | in 403 403 403 | 403 403 403 | 200 200 200 | 200 403
blocked.index GET none | in 403 403 403 | 403 403 403 | 403 403 200 | 403 403
"""
# fmt: on
