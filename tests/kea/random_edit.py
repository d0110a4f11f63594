"""One random change of one subnet, and the name of the field that has to show it: a row for each
kind of change."""

import copy
import ipaddress

from random_config import NETWORKS, OF_NETWORK, PARAMETERS

FIELD_OF = {"valid-lifetime": "lease-time", "renew-timer": "renew-time",
            "rebind-timer": "rebind-time"}


class NotHere(Exception):
    """This subnet has nothing to change in this way."""


def _insist(condition):
    if not condition:
        raise NotHere


def _other(make, *than):
    """A random value that is none of these."""
    for _ in range(50):
        value = make()
        if value not in than:
            return value
    raise NotHere


def _free_address(generator, subnet):
    network = ipaddress.IPv4Network(subnet.prefix)
    taken = {r.keys.get("ip-address") for r in subnet.reservations}
    return _other(lambda: str(network[generator.rng.randrange(1, network.num_addresses - 1)]),
                  *taken)


# -- timers and parameters --

def _timer(key, low, high):
    def change(generator, subnet, inherited):
        effective = subnet.keys.get(key, inherited.get(key))
        subnet.keys[key] = _other(lambda: generator.rng.randrange(low, high), effective)
        return FIELD_OF[key]
    return change


def _timer_inherited_again(generator, subnet, inherited):
    keys = [key for key in FIELD_OF if subnet.keys.get(key, inherited.get(key)) !=
            inherited.get(key) and "min-valid-lifetime" not in subnet.keys]
    _insist(keys)
    key = generator.rng.choice(keys)
    del subnet.keys[key]
    return FIELD_OF[key]


def _least_lifetime(generator, subnet, _):
    _insist("min-valid-lifetime" in subnet.keys)
    old = subnet.keys["min-valid-lifetime"]
    subnet.keys["min-valid-lifetime"] = _other(lambda: generator.rng.randrange(2000, 3000), old)
    return "kea.min-valid-lifetime"


def _parameter(generator, subnet, inherited):
    key = generator.rng.choice([k for k in generator.parameters
                                if subnet.network is None or k not in OF_NETWORK])
    default = PARAMETERS[key][0]
    effective = subnet.keys.get(key, inherited.get(key, default))
    subnet.keys[key] = _other(lambda: generator.parameter(key), effective, default)
    return f"kea.{key}"


def _parameter_gone(generator, subnet, inherited):
    keys = [k for k in subnet.keys if k in PARAMETERS and k not in inherited
            and subnet.keys[k] != PARAMETERS[k][0]]
    _insist(keys)
    key = generator.rng.choice(keys)
    del subnet.keys[key]
    return f"kea.{key}"


# -- pools --

def _pools_replaced(generator, subnet, _):
    network = ipaddress.IPv4Network(subnet.prefix)
    _insist(not subnet.inactive)
    old = [(p.first, p.last) for p in subnet.pools]
    subnet.pools = _other(lambda: generator.pools(int(network[1]), int(network[-2])), [])
    _insist([(p.first, p.last) for p in subnet.pools] != old)
    return "ranges"


def _pool_grown(generator, subnet, _):
    pools = [p for p in subnet.pools if p.first < p.last]
    _insist(pools)
    generator.rng.choice(pools).first += 1
    return "ranges"


def _pool_option(generator, subnet, _):
    _insist(subnet.pools)
    pool = generator.rng.choice(subnet.pools)
    kinds = {o.field for o in pool.options}
    pool.options.append(_other_option(generator, kinds))
    return "ranges"


def _pool_class(generator, subnet, _):
    _insist(subnet.pools and not subnet.inactive)
    pool = generator.rng.choice(subnet.pools)
    pool.keys["client-classes"] = _other(lambda: generator.parameter("client-classes"),
                                         pool.keys.get("client-classes"))
    return "ranges"


def _state(_, subnet, __):
    _insist(subnet.pools and not any(p.keys for p in subnet.pools))
    subnet.inactive = not subnet.inactive
    return "state"


# -- options --

def _other_option(generator, fields):
    for _ in range(50):
        option = generator.option()
        if option.field not in fields:
            return option
    raise NotHere


def _option_added(generator, subnet, _):
    option = _other_option(generator, {o.field for o in subnet.options})
    subnet.options.append(option)
    return option.field


def _option_removed(generator, subnet, _):
    _insist(subnet.options)
    return subnet.options.pop(generator.rng.randrange(len(subnet.options))).field


def _option_changed(generator, subnet, _):
    _insist(subnet.options)
    option = generator.rng.choice(subnet.options)
    option.values = _other(lambda: generator.values(option.kind, 1), option.values)
    return option.field


def _option_reordered(generator, subnet, _):
    options = [o for o in subnet.options if o.values != o.values[::-1]]
    _insist(options)
    option = generator.rng.choice(options)
    option.values.reverse()
    return option.field


def _option_flag(generator, subnet, _):
    _insist(subnet.options)
    option = generator.rng.choice(subnet.options)
    option.always_send = not option.always_send
    return option.field


# -- reservations --

def _reservation_added(generator, subnet, _):
    address = int(ipaddress.IPv4Address(_free_address(generator, subnet)))
    reservation = generator.reservation(address)
    subnet.reservations.append(reservation)
    return reservation.field


def _reservation_removed(generator, subnet, _):
    _insist(subnet.reservations)
    number = generator.rng.randrange(len(subnet.reservations))
    return subnet.reservations.pop(number).field


def _reservation_moved(generator, subnet, _):
    _insist(subnet.reservations)
    reservation = generator.rng.choice(subnet.reservations)
    reservation.keys["ip-address"] = _free_address(generator, subnet)
    return reservation.field


def _reservation_changed(generator, subnet, _):
    """A hostname, a label, an option or a parameter of its own."""
    _insist(subnet.reservations)
    reservation = generator.rng.choice(subnet.reservations)
    part = generator.rng.choice(["hostname", "label", "option", "boot-file-name"])
    if part == "label":
        reservation.label = _other(generator.words, reservation.label)
    elif part == "option":
        reservation.options.append(
            _other_option(generator, {o.field for o in reservation.options}))
    else:
        reservation.keys[part] = f"changed-{generator.rng.randrange(10**6)}"
    return reservation.field


# -- the subnet's own words and place --

def _name(generator, subnet, _):
    subnet.name = _other(generator.words, subnet.name)
    return "name"


def _description(generator, subnet, _):
    subnet.description = "" if subnet.description else generator.words()
    return "description"


def _context(generator, subnet, _):
    subnet.context = {**subnet.context, "edited": generator.rng.randrange(10**6)}
    return "kea.user-context"


def _network(generator, subnet, _):
    places = [None, *NETWORKS]
    _insist(subnet.network in places and not OF_NETWORK & subnet.keys.keys())
    subnet.network = _other(lambda: generator.rng.choice(places), subnet.network)
    return "shared-network"


EDITS = [
    _timer("valid-lifetime", 3000, 90000), _timer("renew-timer", 100, 900),
    _timer("rebind-timer", 1000, 1900), _timer_inherited_again, _least_lifetime, _parameter,
    _parameter, _parameter, _parameter_gone, _pools_replaced, _pool_grown, _pool_option,
    _pool_class, _state, _option_added, _option_removed, _option_changed, _option_reordered,
    _option_flag, _reservation_added, _reservation_removed, _reservation_moved,
    _reservation_changed, _name, _description, _context, _network,
]


def edited(generator, subnet, inherited, number):
    """(a copy with one change, its field); the number chooses the kind of change, or the next kind
    that this subnet has something for."""
    for step in range(len(EDITS)):
        result = copy.deepcopy(subnet)
        try:
            return result, EDITS[(number + step) % len(EDITS)](generator, result, inherited)
        except NotHere:
            continue
    raise AssertionError(f"nothing can be changed in {subnet}")
