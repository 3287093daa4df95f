/**
 * Every limit of the system, with its reason. Times are milliseconds, sizes are bytes.
 *
 * @module
 */

/** How often an idle client says that it is there. */
export const HEARTBEAT_MS = 2_000;

/** Silence after which a user is no longer active: one heartbeat and half another's delay. */
export const ACTIVE_MS = 3_000;

/** Unit of hashing, set by BEP 52. */
export const BLOCK_BYTES = 16_384;

/** Unit of verification and of asking: what a bad source, a cut or a crash can cost. */
export const PIECE_BYTES = 1_048_576;

/** Most pieces of a file, so that its hashes fit into memory: 1 TiB. */
export const MAX_PIECES = 1_048_576;

/** How long a ticket is good for: enough to queue for a connection, and soon useless to a thief. */
export const TICKET_MS = 60_000;

/**
 * How long after its end a ticket that was shown in time still covers requests of that connection: a
 * download outlives a silent index, and one of a user who was disabled ends soon.
 */
export const TICKET_GRACE_MS = 300_000;

/** Sources that one answer names: as many as fit into a datagram with names of the usual length. */
export const SOURCES_PER_REPLY = 4;

/** Longest ticket: room for a user name of the longest kind, and some. */
export const TICKET_CHARACTERS = 600;

/** Most pieces that one request may ask for: a place is held until they are sent. */
export const PIECES_PER_REQUEST = 16;

/** Places that one user may have while others wait. */
export const PLACES_PER_USER = 2;

/** Largest datagram either side sends or takes: fits every usual path MTU (RFC 9000 section 14.1). */
export const DATAGRAM_BYTES = 1_200;

/** Largest reply of protocol 1: the original's clients read into buffers of this size. */
export const PLAIN_REPLY_BYTES = 1_024;

/** Uploads served at once: the original's pool, enough to fill a link and few enough to finish. */
export const UPLOAD_POOL = 5;

/** Longest user name and password, in characters: typed by people, and four times the original's. */
export const CREDENTIAL_CHARACTERS = 64;

/** Longest name and version of a client's program, in characters: fits into a line of the log. */
export const AGENT_CHARACTERS = 64;

/** Longest published name: leaves room for the other fields of a datagram. */
export const NAME_BYTES = 1_000;

/** Longest segment of a published name: the limit of the usual file systems. */
export const NAME_SEGMENT_BYTES = 255;

/** How long a proof of address and the server's sealed login state are good for. */
export const LOGIN_STEP_MS = 10_000;

/**
 * Silence after which a session that is over is forgotten, with its replies: longer than any client
 * sends a request again.
 */
export const OVER_KEPT_MS = 10_000;

/** Replies a sealed session keeps, so that a request sent again has no second effect. */
export const REPLY_WINDOW = 16;

/** Requests of one session on their way at once: the other half of the window is for heartbeats. */
export const REQUESTS_AT_ONCE = 8;

/** Pause of a client that was told that it makes too many requests. */
export const TOO_MANY_MS = 100;

/** Requests per second one session may make: far more than a person or a script needs. */
export const REQUESTS_PER_SECOND = 2_000;

/** Logins per second and at once from one host: each costs the index milliseconds. */
export const LOGINS_PER_HOST = { perSecond: 20, burst: 40 } as const;

/**
 * Proofs of passwords of one host. There is one for each login that may begin: twice as many, so that
 * those who were held up catch up while others follow.
 */
export const PROOFS_PER_HOST = {
  perSecond: 2 * LOGINS_PER_HOST.perSecond,
  burst: 2 * LOGINS_PER_HOST.burst,
} as const;

/** Hosts whose logins are counted: bounds what strangers can cost the index. */
export const REMEMBERED_HOSTS = 10_000;

/** How long a client that lost its session waits between two logins, or two looks for its index. */
export const RELOGIN_MS = 2_000;

/**
 * Waits of a client whose index answers but does not let it in: its own old session may be active for
 * three seconds yet, then somebody else has the user's place, or it is no index.
 */
export const REFUSED_RELOGIN_MS = { first: 1_000, longest: 60_000 } as const;

/** Waits between sendings of a heartbeat: several fit between it and the end of activity. */
export const HEARTBEAT_RETRANSMIT_MS: readonly number[] = [
  ...Array<number>(10).fill(100),
  ...Array<number>(10).fill(250),
];

/** Longest text to search for in protocol 1: no part of a name is longer. */
export const SEARCH_BYTES = NAME_SEGMENT_BYTES;

/** Longest search of protocol 2: such a text and filters, and half the message left for a cursor. */
export const SEARCH_TEXT_BYTES = 600;

/**
 * Places in lists of one user that the index remembers, as their names are too long to be asked for:
 * those of all pages that a client has on their way, three for each.
 */
export const PLACES_PER_USER_KEPT = 64;

/**
 * Items of a list that are counted beyond those of its page: more would cost more than the page. A
 * list that says that so many are left may have more.
 */
export const COUNTED_ROWS = 300;

/**
 * The same for a search of the sealed protocol, whose client asks for all pages and so need not be
 * told: each match that is counted has to be looked at.
 */
export const COUNTED_MATCHES = 100;

/** Different words of one search, and extensions: each is looked for in name after name. */
export const SEARCH_TERMS = 8;

/**
 * What one slice of a search may cost, in steps of some tenth of a microsecond each: a name that is
 * compared with a word takes some six. Bounds to two or three milliseconds how long others wait.
 */
export const SEARCH_STEPS = 40_000;

/**
 * Slices in which one search fills its page, between which all others have their turn: it then tells
 * what it found, and where to go on. Bounds to 0.2 s what a search costs that looks at much and finds
 * little, so that all that one user may have waiting is done while its client still waits.
 */
export const SEARCH_SLICES = 64;

/** Publications one user may have: bounds what one account can cost the index. */
export const PUBLICATIONS_PER_USER = 100_000;

/**
 * Letters of the names of one user's publications: an index keeps some six bytes for each, so that no
 * account costs it more than 100 MB. The longest names are five times as long as this allows for.
 */
export const LETTERS_PER_USER = 16_000_000;

/**
 * Changes of the catalogue that may wait for the disk, of one user and of all: bounds what a stalled
 * disk costs in memory, and leaves room for others.
 */
export const CHANGES_AT_ONCE = { each: 2_000, inAll: 20_000 } as const;

/**
 * Lists and searches of one user, and logins from one host, that may wait their turn: twice what a
 * client asks at once. And how many of all of them, which bounds what they cost in memory.
 */
export const LONG_WORK = { each: 16, inAll: 4_096 } as const;

/** Lowest TCP port a peer may announce, so that nobody is sent to a system service. */
export const LOWEST_PEER_PORT = 1_024;

/** Highest port there is. */
export const HIGHEST_PORT = 65_535;

/**
 * Waits between sendings of one request, the last one before giving up: 5 s in all. Dense enough for
 * a network that loses a third of everything both ways, and four a second at most. They do not double:
 * of the six sendings that this would leave, such a network fails all one time in thirty-four.
 */
export const RETRANSMIT_MS: readonly number[] = [100, 150, 200, ...Array<number>(18).fill(250), 50];

/** The same when an index is looked for that was lost, at one address after the other. */
export const LOOK_MS: readonly number[] = RETRANSMIT_MS.slice(0, 8);

/**
 * The same for the welcome of a server that has answered so far, while there are others: a little longer than one of
 * several servers takes at most to register a session, so that none is opened in vain.
 */
export const WELCOME_MS: readonly number[] = RETRANSMIT_MS.slice(0, 13);

/**
 * Waits after {@linkcode RETRANSMIT_MS} of somebody who logs in where so many others do that the index has no time yet: two
 * hundred users of one host are in after eight seconds, see {@linkcode LOGINS_PER_HOST}.
 */
export const CROWDED_MS: readonly number[] = Array<number>(10).fill(1_000);

/** The same for protocol 1, whose answers carry no number: the fewer copies, the better. */
export const PLAIN_RETRANSMIT_MS: readonly number[] = [200, 400, 800, 1_600, 2_000];

/** How long a connection may make no progress: longer than any healthy pause on a local network. */
export const STALL_MS = 10_000;

/**
 * How long a connection may take to come about: systems ask again after 1 and 3 s, and then so seldom
 * that a new try is quicker.
 */
export const CONNECT_MS = 5_000;

/**
 * The slowest that a source may send a piece, in bytes per second, over any {@linkcode STALL_MS}: five
 * at once over the line of a modem.
 */
export const SLOWEST_RATE = 1_024;

/** How long a peer may take to say which file it wants. */
export const ASK_MS = 5_000;

/** Connections that have not said yet what they want: bounds what strangers can hold open. */
export const ASKING_CONNECTIONS = 64;

/**
 * How long such a connection is kept before it makes room for another: longer than a handshake and the
 * first request travel, which is there and back twice.
 */
export const ASK_LEAST_MS = 300;

/** Connections of downloaders who have shown a ticket: bounds what they can hold open. */
export const UPLOAD_CONNECTIONS = 448;

/** Uploads that may wait for a place: each holds a connection and an open file. */
export const WAITING_UPLOADS = 256;

/** How often a waiting upload sends one byte, so that no downloader takes the peer for dead. */
export const TRICKLE_MS = 4_000;

/** Unit of copying between disk and socket: larger gains nothing, smaller costs a third. */
export const COPY_BYTES = 256 * 1_024;

/** How long running uploads may go on after their user leaves. */
export const LEAVING_MS = 5_000;

/** Failed logins of one user from one host before each further one has to wait. */
export const FREE_LOGIN_ATTEMPTS = 5;

/** First and longest wait between failed logins; it doubles from one to the other. */
export const LOGIN_WAIT_MS = { first: 2_000, longest: 60_000 } as const;

/**
 * Failed logins that are counted for themselves, which bounds what guessing can cost the index to some
 * 10 MB: of so many users at one host, more than mistype their passwords behind one router, and so many
 * in all, more than an index has users. Others share the counts of their host or neighbourhood. Logins
 * of so many users of one host may be under way besides: all that it may begin while the first of them
 * can still succeed. Of twice as many users as an index is made for it is known where they were let in.
 */
export const REMEMBERED_FAILURES = {
  usersPerHost: 128,
  letIn: 20_000,
  underWayPerHost: LOGINS_PER_HOST.burst + LOGINS_PER_HOST.perSecond * LOGIN_STEP_MS / 1_000,
  inAll: 50_000,
  neighbourhoods: 1_024,
} as const;

/**
 * How long failed logins are remembered after the last one: who waits that long to begin anew is heard
 * less often than who is slowed down.
 */
export const FAILURES_REMEMBERED_MS = 3_600_000;
