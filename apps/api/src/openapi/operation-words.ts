/** What an operation is for, where its route does not say so itself. */
export const OPERATION_WORDS: Readonly<Record<string, string>> = {
  live: 'Answers as long as the process runs. For a supervisor: restart what does not answer. Needs no token.',
  ready:
    'Looks at everything the process leans on: databases, keyring, Redis. For a load balancer: send nothing to what is not ready. Needs no token.',
  issueToken:
    'OAuth 2.0 client credentials (RFC 6749, section 4.4). The token lasts ten minutes; ask for a new one shortly before, not before every request. Ask for fewer scopes than the client holds by `scope`.',
  admitSubject:
    'Takes a person in, or adds to one that is known already by `externalId`. Values are sealed under a key of that person alone before they are written. Every element is classified; one that the notice does not cover is refused, and then nothing of the request is taken.',
  listSubjects: 'All persons that data is held about, without any value.',
  readInventory:
    'Which elements are held about a person, how they are classified, where they came from and what for. No values: those are opened by `readRecords`, for a purpose.',
  lookupSubject:
    'Finds our id of a person by your reference or by an identity, compared by a keyed index. A lookup is a POST because no personal data may stand in a URL.',
  addRecords: 'Adds values to a person that is held already, sealed as in `admitSubject`.',
  readRecords:
    'Opens values for one purpose that a service provider may have. The entry in your log is committed before the values leave, and says who read which elements what for.',
  acceptInstruction:
    'Takes a written instruction in, once and for good: what is accepted is carried out whatever crashes. Watch it at `Location`. A repeat DELETE of an erased person is answered 200 with the instruction that erased them. What is refused leaves an entry in your log.\n\nA DELETE of basis `AGREEMENT_END` with `"subject": {"all": true}` erases everything that is held for you, but for what is on hold. It needs the scope `admin` too. From its acceptance on nothing is taken in and no further instruction (409 `TENANT_LEAVING`); those that are open come to their own ends. A RETURN that has not ended is acknowledged first (409 `TRANSFER_NOT_ACKNOWLEDGED`). At `unreadableAt` nobody can read anything any more; rows and documents go after that in turns, counted by the step `ERASE_STORES`. Log, receipts and records of instructions stay.\n\nA RETURN of basis `AGREEMENT_END` with `"subject": {"all": true}`, which needs `admin` too, first gives everything back, complete, in parts of bounded size: `readPackage` lists them with their hashes, `readPackagePart` hands them out. Nothing is taken in from its acceptance on (flag `INTAKE_CLOSED`), so nothing comes later that the parts do not hold. Nothing is erased before the manifest of the list is acknowledged; everything is then, but for what is on hold, as by the DELETE. Erasures that were ordered before end first; those that go on because a hold has ended wait.',
  readPackagePart:
    'One of the parts in which everything that is held for you is returned: a zip with `subjects.ndjson`, one subject a line with its values, consents and documents, `documents/` in their own formats, `manifest.json` and its signature. The list that `readPackage` gives names its size, its SHA-256 and that of its manifest. Take parts in any order, in ranges where a download broke off; each part is whole by itself. From the acknowledgement on it is 410 `PACKAGE_EXPIRED`.',
  acknowledgeTransfer:
    'Says that the package of a RETURN has arrived, by the SHA-256 of its `manifest.json`; of a return of everything that is the manifest that lists the parts. From then on exactly what that package holds is erased, and the package with it; what came in since it was frozen stays (flag `LATER_DATA_KEPT`), and the next RETURN takes it. Nothing is erased before, however long it takes: after the days of your policy the flag `TRANSFER_ACK_OVERDUE` and entries in your log ask for it. Another manifest is 409 `MANIFEST_MISMATCH`: the same data is packed anew, and is to be taken and acknowledged again. The same acknowledgement again changes nothing. Whoever may order a RETURN may acknowledge one.',
  listInstructions: 'All instructions, or those in one state or of one type.',
  findInstruction: 'State, legal clocks, progress and history of one instruction.',
  watchInstruction:
    'State, clocks and progress of one instruction as `findInstruction` shows them, told anew each time something of it changes, within a second or so: server-sent events (HTML Standard, section 9.2) of the name `instruction`, each the whole of it, with counts and bytes of its steps. The last has `"final": true`; then the stream ends. Come again with `Last-Event-ID` if it breaks off, after `seconds`, or when your token has ended (an event `problem` says so): what you have seen is not told twice, and once you have seen the end the answer is 204. At most 20 streams of a tenant are open at once (429 `RATE_LIMITED`).',
  readReceipt:
    'The receipt that a finished instruction ends in. It verifies offline, with the key you pinned, by `personr-verify` or any C2SP tlog-proof verifier. As a page it can be read and printed; that shows what the JSON says and proves nothing itself. Too early it is 409 `NOT_FINISHED` with `Retry-After`.',
  readCheckpoint:
    'The newest signed tree head of your log (C2SP tlog-checkpoint). Keep them: two that do not fit together prove a fork.',
  readLogKeys:
    'Every key that signs checkpoints of your log or did, with its times. A verifier pins keys from your agreement or from a copy that you kept, never from here; this shows when another key has come, and while both sign.',
  readMetrics:
    "What 11 CCR 7102(a) wants published of a calendar year: consumers' requests received, complied with in whole or in part and denied, by type, and the median and mean days to the answer. A request counts in the year of its local date of receipt in the zone of your policy, whatever UTC says. Orders that rest on the Agreement are no consumers' requests and are not counted, nor is what was refused at the door.",
  takeEvidencePack:
    'A zip for an auditor: `checkpoint` and `tile/` as C2SP tlog-tiles lays them out, `entries.ndjson` and `entries.csv`, `receipts/` as JSON and tlog-proof, `keys.json`, `index.html` to begin with, and `VERIFY.txt`, which says how `personr-verify log .` checks it all in the directory that it was unpacked to. Entries and receipts are those of the period by the instant of what they report; hashes are of the whole log, bundles from the beginning of the period on, or from the first that is left. Receipts are anchored as `readReceipt` has them. A period that begins or ends in the time of entries that went at the end of their retention is refused (410 `ENTRIES_PRUNED`). It is made while it is read, however long the log is. One entry of your log says that it was taken.',
  readTile:
    'Hashes of your log, 32 bytes each, as C2SP tlog-tiles lays them out: with `readEntryBundle` and `readCheckpoint` this is a log that any verifier of that format reads over HTTP. As many hashes as the path says, also of a tile that has grown since. A full tile never changes and may be kept for good. One entry of your log says that a client began to take tiles in some hour, another, at its end, how many more.',
  readEntryBundle:
    'Entries of your log, byte for byte as they were hashed, each behind its length in two bytes (C2SP tlog-tiles). As `readTile` otherwise.',
  listEntries:
    'Entries that have their places in the log and fit everything that you ask for, newest first by the instant of what they report. An entry that was just made takes a moment. A page may have fewer entries than `limit`, even none, and still a `nextCursor`: go on until that is null. `from` or `to` in the time of entries that went at the end of their retention is refused (410 `ENTRIES_PRUNED`); without them you get what is left. Each page that is read leaves an entry itself.',
  readTokenKeys:
    'The public keys that our access tokens verify with (RFC 7517). A new one is shown before it signs; the one before stays until its last token has expired.',
  readAuthorizationServer:
    'OAuth 2.0 authorization server metadata (RFC 8414): where tokens are asked for, and in which ways a client may sign in.',
  listApiClients: 'All API clients of the tenant, those that are revoked too, without their secrets.',
  createApiClient:
    'Registers a client: with a secret that is shown once, here and never again, or with public keys of its own (`private_key_jwt`), by value or by URL.',
  findApiClient: 'One API client: its scopes, its keys and when each of its secrets ends. Never a secret.',
  changeApiClient:
    'Changes what is sent and nothing else. Scopes that are taken away are refused from the next request on.',
  revokeApiClient:
    'Ends a client for good. Its tokens are refused from the next request on, and it gets no more.',
  addClientSecret:
    'Gives a client a further secret, shown once. The one before stays good for a while, so that it can be exchanged without a gap.',
  removeClientSecret: 'Ends one secret of a client at once. Tokens that were given for it end by themselves.',
  placeHold:
    'Keeps elements of a person from being erased, on a ground of the closed list of Civ. Code 1798.105(d) and 1798.145, until an end or a review. Everything can be kept on EX_COURT, EX_LE_DIRECTION and EX_CLAIMS alone. Instructions that have not begun, and of which nothing is left to erase, wait (`ON_HOLD`); one that destroys already goes on, and `gone` says what the hold came too late for; when that is all of it the answer is 409 `ALREADY_ERASED`.',
  listHolds: 'All holds, or those on one person; those that have ended too.',
  findHold: 'One hold: what it keeps, on which ground, until when, and how it ended.',
  releaseHold:
    'Ends a hold before its time. What it kept back from an erasure is erased then by itself, and the receipt has a further edition. Sent again for the same reason it changes nothing.',
  holdInstruction:
    'Places a hold on the subject of an instruction, as `placeHold` does, and says how the instruction stands then.',
  releaseInstructionHold:
    'Releases a hold on the subject of an instruction, as `releaseHold` does, and says how the instruction stands then.',
  registerEndpoint:
    'Says where packages may be sent: a bucket of S3, a URL that is PUT below, or a directory of an SFTP server, for which a key is made that you let in. Where it is and what opens it are sealed. It is an endpoint by name alone until you have shown that it is yours: ask for a challenge, and answer it.',
  listEndpoints: 'All endpoints, those that are revoked too, without what opens them.',
  findEndpoint: 'One endpoint: where it is, whether it is proved, and how far its challenge is.',
  challengeEndpoint:
    'Has a random code written to the endpoint, into the file that `challenge.file` names. Look at `challenge.state` until it is SENT, or FAILED with why. Read the file there, and send the code to `proveEndpoint` within a day. A new challenge ends the one before.',
  proveEndpoint:
    'Takes the code that you read at the endpoint. From then on packages may be sent there. Five wrong codes use a challenge up.',
  revokeEndpoint: 'Ends an endpoint. No delivery to it begins any more, and what opens it is forgotten.',
  listDocuments:
    'What documents are held about a person: type, size, source and purpose of each, not one byte of it.',
};
