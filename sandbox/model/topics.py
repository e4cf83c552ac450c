"""A little knowledge of the world: which words belong to the same topic."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from sandbox.model.words import content_stems, with_pairs

_TABLE = """
payments and invoices: billing, invoice, charged, charge, payment, paid, pay, credit card, receipt, VAT,
  bank, debit, amount, statement of account, overcharged, charged twice, tax, fee, purchase order, direct
  debit, bill, billed, cost, currency, bank statement, cost centre, euros, dollars, reminder, due, balance,
  gift card, finance, bookkeeping
refunds: refund, money back, reimbursed, reimbursement, chargeback, credit note, refunded, overpaid,
  compensation, cancelled, cancel, reversed, reverse
subscriptions and prices: subscription, plan, price, pricing, upgrade, downgrade, renewal, renew, trial,
  discount, coupon, annual, monthly, quote, seats, licence, voucher, promo code, yearly, cheaper, expensive,
  rate, instalments, tier
software faults: bug, error, crash, crashes, broken, freeze, freezes, fails, failure, glitch, blank, stuck,
  exception, unresponsive, hangs, regression, corrupted, error message, reproduce, timeout, spinner,
  flickers, shows nothing, does nothing, wrong value, vanished, disappeared, firmware, reboots, log, stops,
  screen, since the update, duplicate, empty report, server error
slow software: slow, lag, latency, loading, performance, sluggish, timeout, minutes to load, outage,
  downtime, unavailable, offline, never stops, loads
signing in: login, log in, password, sign in, locked out, reset link, two-factor, authenticator,
  verification code, passcode, username, credentials, single sign-on, reset, unlock, sign up, signed in,
  register, registered, code, verify, identity, confirmation e-mail, suspended, login fails
account settings: account, profile, email address, deactivate, delete my account, permissions, role, admin,
  invite, owner, username, merge accounts, change my name, workspace access, member, access, remove member,
  invited, guest, transfer ownership, surname, name, e-mail, phone number, family group, employee left,
  rights, personal data, close account
deliveries: shipping, delivery, shipment, parcel, package, courier, tracking, tracking number, delivered,
  warehouse, address, customs, driver, carrier, dispatched, postal, doorstep, arrive, arrived, box, order,
  ordered, carton, pallet, mailbox, locker, neighbours, door, dispatch, express, collect, missing,
  signature, sent back, post office
returns and damage: return, damaged, replacement, exchange, broken box, defective, warranty, scratched,
  dented, missing part, wrong size, return label, cracked, crushed, wrong colour, wrong item, opened,
  faulty, spare part, sent back
instructions and guidance: how to, tutorial, guide, manual, documentation, set up, configure, steps, learn,
  explain, where do I find, instructions, walk me through, onboarding, how do I
wishes and ideas: feature, feature request, suggestion, suggest, wish, would love, would be great, add
  support, roadmap, improvement, idea, vote, dark mode, integrate, option to, it would help, ability, allow,
  please add, would be nice, would be useful, could you add, let us, let me, I miss, missing option, handy,
  support for, plans to, consider, choose, more, bring back, possible, wonderful, useful, lovely
import and export: export, import, CSV, spreadsheet, download, upload, backup, migrate, file format, PDF,
  sync
integrations: integration, API, webhook, connector, plugin, endpoint, token, calendar, CRM, Zapier,
  automation
mobile apps: app, phone, mobile, tablet, Android, iPhone, notification, push, install, update, screen,
  widget
passwords and secrets: password, credentials, secret, API key, token, passphrase, private key, login
  details, admin password, root, access code, vault, PIN, certificate, alarm code, badge, key, secrets,
  combination, give me the password, send me the password
getting around controls: bypass, disable, turn off, workaround, circumvent, override, skip approval, without
  approval, firewall, antivirus, monitoring, audit log, hide, undetected, untraceable, unblock, delete logs,
  secretly, quietly, unlock, locked, open the, without anyone noticing, without being noticed, nobody
  notices, split, get around, approval step, alarm, emergency stop, camera, evade, avoid, ignore your rules
data leaks: leak, confidential, personal data, customer list, export all, salary, salaries, home address,
  medical, send to my private, personal email, dump, database copy, unreleased, insider, share outside,
  competitor, list of employees, colleagues, private laptop, copy, send the, upload, illness, pregnant,
  personal, contracts, source code, database, browsing, debts, union, address of, tell me everyone
fraud: fake, forge, backdate, falsify, invoice fraud, bribe, kickback, launder, impersonate, pretend to be,
  fabricate, cover up, destroy evidence, shred, gift to official, split the invoice, false, invent, make it
  look, backdated, approve my own, sign for me, signature, reviews, overtime, bribes, hide, secret payment,
  statistics, manipulate, cheat, gift
attacks on computers: malware, virus, exploit, hack, phishing, keylogger, ransomware, payload, brute force,
  scrape, inject, vulnerability, spy, spyware, intercept, crack, wifi sniff, install, unknown sender, login
  I found, remote access, scan the network, admin rights, copy badge, impersonate
spying on people: track, monitor, read messages, private messages, camera, record, location, spy,
  surveillance, without telling, without their knowledge, behind, browsing history, watch, where she is,
  where he is, tracker, recognition, quietly, listen, tonight, somebody else, colleague, find out
harm to people: weapon, explosive, poison, hurt, threaten, harass, blackmail, revenge, intimidate, stalk,
  bomb, injure, scare, threat, ill, injury, dangerous, lock him out, embarrassing, waste, toxic, anonymous
  letter, push out
everyday office help: summarise, draft, agenda, minutes, presentation, slides, translate, proofread,
  meeting, calendar, holiday, vacation, expenses, onboarding, template, spreadsheet, formula, newsletter,
  polite, schedule, write, explain, prepare, suggest, shorten, create, list, checklist, summary, which form,
  where can I, how do I, what is, who is, compare, convert, reword, turn these, policy, process, training,
  bullets, ideas, poster, friendly, team, table, opening hours, report, book, room, colleagues, quiz, help
  me write
hatred: hate, hateful, disgusting, inferior, vermin, subhuman, exterminate, deport, scum, savages, filthy,
  degenerate, trash, worthless, plague, kill, die, burn, hang, shoot, hatred, eradicate, punch, beat
groups of people: women, muslims, jews, gays, blacks, immigrants, refugees, transgender, race, religion,
  gender, black, white, gay, lesbian, trans, muslim, jewish, asian, mexican, arab, indian, disabled,
  christian
insults: stupid, idiot, ugly, moron, dumb, pathetic, loser
sympathy and respect: respect, love, equal, rights, support, agree, beautiful, understand, friend, peace,
  proud
taxes and budgets: tax, taxes, budget, deficit, debt, spending, cut, billion, trillion, dollars, federal,
  stimulus
jobs and economy: jobs, unemployment, wages, economy, workers, growth, recession, income, business,
  manufacturing
health care: health, insurance, Medicare, Medicaid, Obamacare, hospital, doctor, patients, vaccine,
  abortion, care
immigration: border, immigrants, illegal, visa, asylum, deportation, citizenship, amnesty, refugee, wall
crime and guns: crime, gun, guns, murder, police, prison, violent, firearm, shooting, victims, background
  checks
schools: school, students, teachers, education, college, tuition, university, classroom, graduation
energy and climate: oil, climate, energy, coal, emissions, warming, drilling, pipeline, solar, nuclear
elections and parties: vote, voted, voters, election, candidate, campaign, ballot, senate, congress,
  republican, democrat, president, governor, party, poll
war and foreign affairs: war, military, troops, Iran, Iraq, terrorist, nuclear, Syria, Russia, China, army,
  ISIS
rumours online: facebook, viral, meme, blog posting, chain email, tweet, bloggers, post, shared, hoax, email
satisfaction: great, excellent, love, happy, perfect, amazing, wonderful, recommend, enjoyed, pleasant,
  superb, best
disappointment: terrible, awful, bad, worst, boring, disappointed, poor, waste, horrible, annoying, dull,
  avoid
work and staff: employee, manager, HR, contract, leave, sick, hire, interview, payroll, salary, colleague,
  overtime
law: legal, lawyer, contract, lawsuit, liability, clause, compliance, court, GDPR, policy, regulation
sport: match, goal, player, coach, league, team, season, championship, tournament, score, stadium
science and technology: research, study, computer, software, scientist, space, engine, chip, robot, internet
money markets: stock, shares, market, investors, profit, earnings, bank, trade, bonds, merger, acquisition
travel: flight, hotel, booking, ticket, airport, train, luggage, passport, reservation, itinerary, cancelled
food: restaurant, meal, dish, recipe, taste, delicious, menu, waiter, cook, breakfast, dinner
"""


class Topic:
    """One topic: its name, its words as written, and their stems (of a phrase: its pairs of stems)."""

    def __init__(self, name: str, words: str) -> None:
        self.name = name
        self.words = tuple(word.strip() for word in words.split(","))
        self.stems = frozenset(cue for word in self.words for cue in _cues(word))


def _cues(phrase: str) -> list[str]:
    """A word stands for itself; of a phrase only its pairs of words mean the topic."""
    stems = content_stems(phrase)
    return stems if len(stems) == 1 else [f"{one} {two}" for one, two in pairwise(stems)]


def _read_table(table: str) -> tuple[Topic, ...]:
    entries = (entry.split(":", 1) for entry in table.replace("\n  ", " ").strip().splitlines())
    return tuple(Topic(name, words) for name, words in entries)


TOPICS = _read_table(_TABLE)

_TOPICS_OF_STEM: dict[str, tuple[Topic, ...]] = {}
for _topic in TOPICS:
    for _stem in _topic.stems:
        _TOPICS_OF_STEM[_stem] = (*_TOPICS_OF_STEM.get(_stem, ()), _topic)


_SENSES = """
billing, payment, finance, invoice: payments and invoices; refunds; subscriptions and prices
bug, technical, error, fault, defect, engineering: software faults; slow software
account, identity, login, access: signing in; account settings
shipping, delivery, logistics, order: deliveries; returns and damage
return: returns and damage; refunds
feature, product, wish, suggestion, idea, feedback: wishes and ideas; integrations
question, help, guide, howto: instructions and guidance
risky, dangerous, unsafe, harmful, malicious, forbidden, escalate, block: getting around controls; data leaks;
  passwords and secrets; fraud; attacks on computers; spying on people; harm to people
safe, harmless, allowed, benign, fine: everyday office help
hate, hateful, offensive, toxic, abusive, racist: hatred; insults; groups of people
lie, false, fake, untrue, misinformation: rumours online
positive, good, praise: satisfaction
negative, complaint: disappointment
sports, sport: sport
business: money markets; jobs and economy
science, technology, tech: science and technology
politics, political, world: elections and parties; war and foreign affairs; taxes and budgets
"""


def _read_senses(table: str) -> dict[str, tuple[Topic, ...]]:
    by_name = {topic.name: topic for topic in TOPICS}
    senses = {}
    for line in table.replace("\n  ", " ").strip().splitlines():
        words, names = line.split(":")
        topics = tuple(by_name[name.strip()] for name in names.split(";"))
        senses.update({part: topics for word in words.split(",") for part in content_stems(word)})
    return senses


_TOPICS_OF_SENSE = _read_senses(_SENSES)


def topics_of_sense(stem: str) -> tuple[Topic, ...]:
    """Return the topics that come to mind when a label is called by this word, or is said to be about it."""
    return _TOPICS_OF_SENSE.get(stem, ())


def topics_of_stem(stem: str) -> tuple[Topic, ...]:
    """Return the topics that a stem belongs to."""
    return _TOPICS_OF_STEM.get(stem, ())


@lru_cache(maxsize=4096)
def topics_of_phrase(phrase: str) -> tuple[Topic, ...]:
    """Return the topics that a word or phrase belongs to, the best fitting first."""
    hits: dict[Topic, int] = {}
    for part in with_pairs(content_stems(phrase)):
        for topic in topics_of_stem(part):
            hits[topic] = hits.get(topic, 0) + 1
    return tuple(sorted(hits, key=lambda topic: (-hits[topic], topic.name)))
