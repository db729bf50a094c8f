"""Settings of tasks: dicts whose keys are arguments."""

from rbmlib.checks import shown


def check_setting(setting, needed, optional=()):
    """Return a copy of a setting whose law, if it is a list, is a tuple again.

    Parameters
    ----------
    setting : dict
    needed, optional : sequence of str
        Its keys.

    Raises
    ------
    TypeError, ValueError
        No dict; a key that is missing, or one that is unknown.

    Examples
    --------
    >>> check_setting({"law": ["sparse", 0.3]}, ["law"])
    {'law': ('sparse', 0.3)}
    """
    keys = f"the keys {', '.join(needed)}"
    keys += f" (and perhaps {', '.join(optional)})" if optional else ""
    if not isinstance(setting, dict):
        raise TypeError(f"setting must be a dict with {keys}, got {shown(setting)}")
    missing = set(needed) - set(setting)
    if missing or not set(setting) <= {*needed, *optional}:
        raise ValueError(f"setting must have {keys}, got {shown(list(setting))}")
    setting = dict(setting)
    if isinstance(setting["law"], list):
        setting["law"] = tuple(setting["law"])
    return setting
