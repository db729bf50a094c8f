"""Remedies for slow mixing: replicas of several machines that exchange their states.

A replica that has wandered to an easy machine, warm or young, forgets where it was and
comes back elsewhere.  In parallel tempering the easy machines are the same machine at
smaller β; in trajectory parallel tempering they are its younger ages (N. Béreux et al.
(2024), arXiv:2405.15376), which have lost no mode on the way.
"""

from rbmlib.tempering.exchange import Exchange, exchange
from rbmlib.tempering.ladders import between, between_ages, in_beta

__all__ = ["Exchange", "between", "between_ages", "exchange", "in_beta"]
