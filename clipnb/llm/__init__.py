"""Ask a language model what classes look like, keep every answer, and check what it writes.

Two libraries do the calls: the openai client makes a request, tenacity repeats it. What is added to
them here, and why:

- ``client``: a call that ends in time and in size whatever a server sends, because the client's own
  time limit starts again with every piece of a reply; a status read as "again", "not this call" or
  "the run ends", because a 429 may mean either; and a transport that alone holds the key.
- ``server``: the key is in no variable, header or message that a traceback, a report or a stored
  answer could show.
- ``store``: one table, a row for each answer when it arrives; a checksum for each row.
- ``plan``: what is stored already, what the rest may cost, and a refusal before the first call.
- ``questions``: what is asked; its digest is what an answer is stored under.
- ``generate`` and ``command``: the two functions, with their parameters and checks, and the command
  that reads both off them.
"""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)
