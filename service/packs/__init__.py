"""Domain packs: what differs from one trade to the next, as data files in a folder.

A pack names a taxonomy of its own, the aspects of its reviews, the forms of its films and the
weights of its events. What it leaves out stays as usual; ``default`` leaves out all but the forms.
"""

from service.packs.schema import FormRules, Pack
from service.packs.trade import DEFAULT, PackError, Trade, load_trade, read_pack

__all__ = ["DEFAULT", "FormRules", "Pack", "PackError", "Trade", "load_trade", "read_pack"]
