/*
 * One license, its issuer, and hosts between which it moves: may it ever be alive twice, and can it
 * always be brought to life again? README.md says what is modeled, and what is not.
 *
 * A step is a commit, or an answer that leaves after it; a crash is that the next step never comes,
 * so only what was committed counts. Documents that have left stay in the net for ever: whoever
 * keeps it loses them, delays them, and shows them as often as he likes, to anybody. The model is
 * therefore one process that takes any step that is possible (the storm), and ends wherever it
 * likes; then an operator repeats what is left to do, and messages get through (the calm).
 *
 * Each safeguard has a switch that takes it out, as RECEIPT_FOR_ANY; model_test.py lists them.
 */
#ifndef HOSTS
#define HOSTS 2
#endif
#ifndef STORM
#define STORM 4 /* Activations and tickets that are signed in the storm. */
#endif
#define DOCUMENTS (STORM + 4)
#ifndef REQUESTS
#define REQUESTS 2 /* For an activation, in the storm. */
#endif
#define NONCES (REQUESTS + 4)
#define TRANSFERS 2 /* Requests for a ticket, of one activation. */
#define TO_ISSUER 15

typedef Host {
    byte live;           /* The number of the activation that counts here; 0: none. */
    byte spent;          /* The highest number that has ended here. */
    byte pending;        /* The nonce of the request that waits for its response. */
    byte receipt;        /* The activation of the receipt that is kept; 0: none. */
    byte receipt_to;     /* TO_ISSUER, or a ticket's number. */
    byte transfers;      /* Tickets that were asked for, of the active one. */
    bool is_confirmed;   /* The issuer was asked since the start, arrival or loading. */
    bool is_lapsed;      /* And it said no. */
};
Host host[HOSTS + 1];    /* From 1. */

/* An activation, or (with `after`) a ticket. In the net from its making on. */
typedef Document {
    byte to;             /* The host that it names. */
    byte number;
    byte nonce;          /* Of the request; a ticket has none. */
    byte after_host;
    byte after;
};
Document document[DOCUMENTS + 1];

byte requested_by[NONCES + 1]; /* Requests in the net: nonce to host. */
bool is_answered[NONCES + 1];
byte nonces;

typedef Set { short bits; };
/* Receipts in the net: by host and number, a bit for each that it is for. */
Set receipts[(HOSTS + 1) * (DOCUMENTS + 1)];
#ifdef BACKUP
/* Those that the issuer takes no more: the host has started since, and showed itself alive. */
Set stale[(HOSTS + 1) * (DOCUMENTS + 1)];
#endif
/* Requests for tickets in the net: by number and transfer, the target; 0: none. */
byte transfer_to[(DOCUMENTS + 1) * (TRANSFERS + 1)];
bool said_yes[DOCUMENTS + 1]; /* Answers of the issuer in the net. */

/* The issuer's record. */
byte record_host;        /* 0: active nowhere. */
byte record_number;
bool has_tickets;        /* Some were given for this activation. */
byte documents;

#ifdef BACKUP
Host backup;
byte backup_of;          /* 0: none was made yet. */
#endif

byte limit = STORM;      /* Documents that may be signed by now. */
byte h, d, k, c, t, n;   /* What a step is about; 0 between steps. */
byte goal;
byte round;

#ifdef NO_NUMBERS
#define NUMBER_OF(serial) 1
#else
#define NUMBER_OF(serial) serial
#endif
#define RECEIPTS(who, number) receipts[(who) * (DOCUMENTS + 1) + (number)].bits
#define TRANSFER(number, transfer) transfer_to[(number) * (TRANSFERS + 1) + (transfer)]
#define BIT(to) (1 << (to - 1))
#ifdef BACKUP
#define STALE(who, number) stale[(who) * (DOCUMENTS + 1) + (number)].bits
#endif
#if defined(BACKUP) && !defined(RECEIPT_FROM_BEFORE_A_START)
#define ACCEPTABLE(who, number) (RECEIPTS(who, number) & ~STALE(who, number))
#else
#define ACCEPTABLE(who, number) RECEIPTS(who, number)
#endif

/* Where backups are restored, a host is taken at its word only once it has asked. */
#ifdef BACKUP
#define IS_ALIVE(who) (host[who].live && host[who].is_confirmed && !host[who].is_lapsed)
#else
#define IS_ALIVE(who) (host[who].live)
#endif
/* A host may ask anew at any time, and what it loads then replaces what it has; where it arrives,
   nothing counts yet. */
#define IS_FREE(who) (host[who].live == 0 || host[who].is_lapsed)

inline pick(what, last)
{
    what = 1;
    do
    :: what < last -> what++
    :: break
    od
}

/* The issuer signs for host `who`; what it answers with is in the net. */
inline sign(who, for_nonce, behind_host, behind)
{
    documents++;
    document[documents].to = who;
    document[documents].number = NUMBER_OF(documents);
    document[documents].nonce = for_nonce;
    document[documents].after_host = behind_host;
    document[documents].after = behind
}

inline record(who, act)
{
    record_host = who;
    record_number = act;
    has_tickets = false
}

/* The host asks to be activated; an earlier request of it is void. */
inline request(who)
{
    nonces++;
    requested_by[nonces] = who;
    host[who].pending = nonces
}

/* The issuer judges request `nonce`, once. The same host again gets a new number, but not over
   tickets: one of them may be alive elsewhere, and its receipt would say so. */
#ifdef REACTIVATED_OVER_TICKETS
#define NO_TICKETS true
#else
#define NO_TICKETS (!has_tickets)
#endif
#ifdef ACTIVATED_ELSEWHERE
#define MAY_ACTIVATE(who) true
#else
#define MAY_ACTIVATE(who) (record_host == 0 || (record_host == who && NO_TICKETS))
#endif
inline approve(nonce)
{
    if
    :: nonces >= nonce && !is_answered[nonce] && documents < limit &&
       MAY_ACTIVATE(requested_by[nonce]) ->
        sign(requested_by[nonce], nonce, 0, 0);
        is_answered[nonce] = true;
#ifdef ISSUER_ANSWERS_BEFORE_COMMIT
        if :: record(requested_by[nonce], NUMBER_OF(documents)) :: skip fi
#else
        record(requested_by[nonce], NUMBER_OF(documents))
#endif
    :: else
    fi
}

#ifdef NO_SPENT
#define IS_UNSPENT(who, number) true
#else
#define IS_UNSPENT(who, number) ((number) > host[who].spent)
#endif
#ifdef NO_NUMBERS
#define REPLACES(who, number) true
#else
#define REPLACES(who, number) ((number) > host[who].live)
#endif

inline become_active(who, act)
{
    host[who].live = act;
    host[who].transfers = 0;
    host[who].is_lapsed = false;
#ifdef NO_ASK_AFTER_LOADING
    host[who].is_confirmed = true
#else
    host[who].is_confirmed = false
#endif
}

/* The host loads a response. */
#ifdef RESPONSE_FOR_ANY_HOST
#define IS_RESPONSE_TO(who, which) true
#else
#define IS_RESPONSE_TO(who, which) \
    (document[which].to == who && document[which].nonce == host[who].pending)
#endif
inline load(who, which)
{
    if
    :: which <= documents && document[which].after == 0 && host[who].pending &&
       IS_RESPONSE_TO(who, which) && IS_UNSPENT(who, document[which].number) &&
       REPLACES(who, document[which].number) ->
        host[who].pending = 0;
        become_active(who, document[which].number)
    :: else
    fi
}

/* The host ends its activation and keeps the receipt: one turn. It leaves by `show_receipt`. */
inline end_activation(who, receiver)
{
#ifdef HOST_ANSWERS_BEFORE_COMMIT
    RECEIPTS(who, host[who].live) = RECEIPTS(who, host[who].live) | BIT(receiver);
#endif
#ifdef BACKUP
    STALE(who, host[who].live) = STALE(who, host[who].live) & ~BIT(receiver);
#endif
    if
    :: true ->
#ifndef RECEIPT_NOT_KEPT
        host[who].receipt = host[who].live;
        host[who].receipt_to = receiver;
#endif
        host[who].spent = host[who].live;
        host[who].live = 0
#ifdef HOST_ANSWERS_BEFORE_COMMIT
    :: true /* It crashed in between. */
#endif
    fi
}

inline deactivate(who)
{
    if
    :: IS_ALIVE(who) -> end_activation(who, TO_ISSUER)
#ifdef TWO_RECEIPTS
    :: host[who].receipt -> host[who].receipt_to = TO_ISSUER
#endif
    :: else
    fi
}

/* The source of a live move departs, to ticket `which`. */
inline depart(who, which)
{
    if
    :: IS_ALIVE(who) && which <= documents && document[which].after_host == who &&
       document[which].after == host[who].live ->
        end_activation(who, document[which].number)
#ifdef TWO_RECEIPTS
    :: which <= documents && document[which].after_host == who && host[who].receipt &&
       document[which].after == host[who].receipt -> host[who].receipt_to = document[which].number
#endif
    :: else
    fi
}

/* A receipt that is kept can be shown at any time. */
inline show_receipt(who)
{
    if
    :: host[who].receipt ->
        RECEIPTS(who, host[who].receipt) =
            RECEIPTS(who, host[who].receipt) | BIT(host[who].receipt_to)
#ifdef RECEIPT_NOT_KEPT
    :: host[who].spent && host[who].live == 0 -> /* Only who was not interrupted has it. */
        RECEIPTS(who, host[who].spent) = RECEIPTS(who, host[who].spent) | BIT(TO_ISSUER)
#endif
    :: else
    fi
}

/* The issuer takes the receipt of `who` for `number`, made for `receiver`. A ticket's makes its
   target the active host. */
#ifdef RECEIPT_FOR_ANY
#define IS_RECORDED(who, number) (record_host == who)
#else
#define IS_RECORDED(who, number) (record_host == who && record_number == number)
#endif
inline receive(who, act, receiver)
{
    if
    :: IS_RECORDED(who, act) && (ACCEPTABLE(who, act) & BIT(receiver)) ->
        if
        :: receiver == TO_ISSUER -> record(0, 0)
        :: else ->
            d = 1;
            do
            :: d <= documents && !(document[d].number == receiver && document[d].after == act &&
                                   document[d].after_host == who) -> d++
            :: else -> break
            od;
            if
            :: d <= documents -> record(document[d].to, receiver)
            :: else
            fi;
            d = 0
        fi
    :: else
    fi
}

/* The source asks for a ticket. */
inline ask_for_ticket(who, target)
{
    if
    :: IS_ALIVE(who) && target != who && host[who].transfers < TRANSFERS ->
        host[who].transfers++;
        TRANSFER(host[who].live, host[who].transfers) = target
    :: else
    fi
}

inline give_ticket(act, transfer)
{
    if
    :: record_host && record_number == act && TRANSFER(act, transfer) && documents < limit ->
        sign(TRANSFER(act, transfer), 0, record_host, act);
        TRANSFER(act, transfer) = 0; /* It gets the same answer again: that is in the net. */
        has_tickets = true
    :: else
    fi
}

/* The target of a live move arrives by ticket `which`. */
#define SOURCE_OF(which) document[which].after_host
#define MADE_FOR(which) RECEIPTS(SOURCE_OF(which), document[which].after)
#ifdef TICKET_WITHOUT_RECEIPT
#define HAS_RECEIPT(which) true
#else
#ifdef RECEIPT_NAMES_NO_TICKET
#define HAS_RECEIPT(which) (MADE_FOR(which) != 0)
#else
#define HAS_RECEIPT(which) (MADE_FOR(which) & BIT(document[which].number))
#endif
#endif
inline arrive(who, which)
{
    if
    :: which <= documents && document[which].after && document[which].to == who &&
       IS_FREE(who) && IS_UNSPENT(who, document[which].number) && HAS_RECEIPT(which) ->
        become_active(who, document[which].number)
    :: else
    fi
}

/* The host shows itself, with the receipt by which it arrived, and hears a fresh answer. */
inline ask(who)
{
    if
    :: host[who].live && !host[who].is_confirmed ->
        d = 1;
        do
        :: d <= documents && document[d].number != host[who].live -> d++
        :: else -> break
        od;
        c = document[d].after_host;
        n = document[d].after;
        k = document[d].number;
        d = 0;
        if
        :: n -> receive(c, n, k)
        :: else
        fi;
        if
        :: record_host == who && record_number == host[who].live ->
#ifdef BACKUP
            STALE(who, record_number) = RECEIPTS(who, record_number);
#endif
            said_yes[host[who].live] = true
        :: else -> host[who].is_lapsed = true
        fi;
        host[who].is_confirmed = true;
        c = 0; n = 0; k = 0
    :: else
    fi
}

inline copy(from, into)
{
    into.live = from.live;
    into.spent = from.spent;
    into.pending = from.pending;
    into.receipt = from.receipt;
    into.receipt_to = from.receipt_to;
    into.transfers = from.transfers;
    into.is_lapsed = from.is_lapsed
}

/* Everything that the adversary, the operators and the programs may do next. */
inline any_step()
{
    pick(h, HOSTS);
    if
    :: nonces < REQUESTS -> request(h)
    :: host[h].pending = 0 /* Canceled. */
    :: pick(k, REQUESTS); approve(k)
    :: pick(d, STORM); load(h, d)
    :: true -> deactivate(h)
    :: pick(t, HOSTS); ask_for_ticket(h, t)
    :: pick(n, STORM); pick(c, TRANSFERS); give_ticket(n, c)
    :: pick(t, STORM); depart(h, t)
    :: true -> show_receipt(h)
    :: pick(n, STORM); receive(h, n, TO_ISSUER)
    :: pick(n, STORM); pick(t, STORM); receive(h, n, t)
    :: pick(d, STORM); arrive(h, d)
#ifdef ISSUER_FORGETS
    :: record(0, 0)
#endif
#ifdef RECEIPT_NOT_KEPT
    :: host[h].live == 0 -> host[h].spent = 0
#endif
#ifdef BACKUP
    :: true -> ask(h)
    :: backup_of == 0 && h == 1 -> backup_of = h; copy(host[h], backup)
    :: backup_of == h -> copy(backup, host[h]);
#ifdef NO_ASK_AT_START
        host[h].is_confirmed = true
#else
        host[h].is_confirmed = false
#endif
#ifdef OLD_ANSWER
    :: host[h].live && said_yes[host[h].live] ->
        host[h].is_confirmed = true;
        host[h].is_lapsed = false
#endif
#endif
    fi;
    h = 0; d = 0; k = 0; c = 0; t = 0; n = 0
}

#if HOSTS == 2
#define ALIVE_TWICE (IS_ALIVE(1) && IS_ALIVE(2))
#else
#define ALIVE_TWICE \
    ((IS_ALIVE(1) && (IS_ALIVE(2) || IS_ALIVE(3))) || (IS_ALIVE(2) && IS_ALIVE(3)))
#endif

inline activate_at(who)
{
    request(who);
    k = nonces;
    approve(k);
    k = 0;
    t = documents;
    load(who, t);
    ask(who);
    t = 0
}

/* Every receipt goes to the issuer, and where it names a ticket, to its host. */
inline deliver_receipts()
{
    h = 1;
    do
    :: h <= HOSTS ->
        show_receipt(h);
        if
        :: host[h].receipt ->
            t = 1;
            do
            :: t <= documents && !(document[t].after_host == h &&
                                   document[t].after == host[h].receipt &&
                                   document[t].number == host[h].receipt_to) -> t++
            :: else -> break
            od;
            if
            :: t <= documents ->
                k = document[t].to;
                arrive(k, t);
                k = 0
            :: else
            fi;
            t = 0;
            receive(h, host[h].receipt, host[h].receipt_to)
        :: else
        fi;
        h++
    :: else -> break
    od;
    h = 1;
    do
    :: h <= HOSTS -> host[h].is_confirmed = false; ask(h); h++ /* A start. */
    :: else -> break
    od;
    h = 0
}

inline move_to_goal()
{
    h = record_host;
    if
    :: true -> deactivate(h) /* Cold. */
    :: host[h].transfers < TRANSFERS -> /* Live. */
        ask_for_ticket(h, goal);
        n = record_number; c = host[h].transfers;
        give_ticket(n, c);
        n = 0; c = 0;
        t = documents;
        depart(h, t);
        t = 0
    fi;
    h = 0
}

active proctype world()
{
    do
    :: atomic { any_step(); assert(!ALIVE_TWICE) }
    :: break
    od;

#ifndef STORM_ONLY
    /* The operator wants it on host `goal`, and repeats. */
    atomic {
        pick(goal, HOSTS);
        limit = DOCUMENTS;
        do
        :: round < 4 ->
            deliver_receipts();
            assert(!ALIVE_TWICE);
            if
            :: record_host == 0 -> activate_at(goal)
            :: record_host &&
               !(IS_ALIVE(record_host) && host[record_host].live == record_number) ->
#ifdef BACKUP
                /* What a restored backup has forgotten, only the vendor can release. */
                if
                :: has_tickets -> record(0, 0)
                :: else -> h = record_host; activate_at(h); h = 0
                fi
#else
                h = record_host; activate_at(h); h = 0
#endif
            :: record_host != goal && IS_ALIVE(record_host) &&
               host[record_host].live == record_number ->
                move_to_goal()
            :: else
            fi;
            assert(!ALIVE_TWICE);
            round++
        :: else -> break
        od;
        assert(IS_ALIVE(goal))
    }
#endif
}
