// Made by `npm run ops -- openapi --write` from openapi.json. Not edited by hand.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take the public keys that verify access tokens
         * @description The public keys that our access tokens verify with (RFC 7517). A new one is shown before it signs; the one before stays until its last token has expired.
         */
        get: operations["readTokenKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Learn where and how to sign in
         * @description OAuth 2.0 authorization server metadata (RFC 8414): where tokens are asked for, and in which ways a client may sign in.
         */
        get: operations["readAuthorizationServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the process run?
         * @description Answers as long as the process runs. For a supervisor: restart what does not answer. Needs no token.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it work, and if not, why?
         * @description Looks at everything the process leans on: databases, keyring, Redis. For a load balancer: send nothing to what is not ready. Needs no token.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token
         * @description A client signs in the one way it was registered for: with its secret, by HTTP Basic
         *     (`client_secret_basic`; id and secret are form-encoded first), or with an assertion that it signs with its key
         *     (`private_key_jwt`, RFC 7523): EdDSA (or Ed25519, its name in RFC 9864), ES256 or RS256; `iss` and `sub` are the client id, `aud` is the issuer of
         *     `/.well-known/oauth-authorization-server` and nothing else, `exp` is at most five minutes ahead, `jti` is new each
         *     time. A failure has the `error` of RFC 6749, section 5.2, beside the members of a problem document.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/package-data-1.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The JSON Schema (draft 2020-12) of `data.json` in a package
         * @description The JSON Schema (draft 2020-12) of `data.json` in a package.
         */
        get: operations["readPackageSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List agreements, newest first
         * @description List agreements, newest first.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listAgreements"];
        put?: never;
        /**
         * Put an agreement on file; from its beginning on it supersedes the one before
         * @description Put an agreement on file; from its beginning on it supersedes the one before.
         *
         *     Needs the scope `admin`.
         */
        post: operations["addAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an agreement
         * @description See an agreement.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findAgreement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * End an agreement; nothing is erased by that, and DELETE and RETURN go on while it winds down
         * @description End an agreement; nothing is erased by that, and DELETE and RETURN go on while it winds down.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["endAgreement"];
        trace?: never;
    };
    "/v1/api-clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List clients, newest first
         * @description All API clients of the tenant, those that are revoked too, without their secrets.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listApiClients"];
        put?: never;
        /**
         * Register a client, with a secret or with keys of its own
         * @description Registers a client: with a secret that is shown once, here and never again, or with public keys of its own (`private_key_jwt`), by value or by URL.
         *
         *     Needs the scope `admin`.
         */
        post: operations["createApiClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a client
         * @description One API client: its scopes, its keys and when each of its secrets ends. Never a secret.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findApiClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the name, scopes or keys of a client
         * @description Changes what is sent and nothing else. Scopes that are taken away are refused from the next request on.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["changeApiClient"];
        trace?: never;
    };
    "/v1/api-clients/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a client for good; its tokens are refused from now on
         * @description Ends a client for good. Its tokens are refused from the next request on, and it gets no more.
         *
         *     Needs the scope `admin`.
         */
        post: operations["revokeApiClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-clients/{id}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the secret of a client; the one before stays good for a while
         * @description Gives a client a further secret, shown once. The one before stays good for a while, so that it can be exchanged without a gap.
         *
         *     Needs the scope `admin`.
         */
        post: operations["addClientSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-clients/{id}/secrets/{secretId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a secret away, at once
         * @description Ends one secret of a client at once. Tokens that were given for it end by themselves.
         *
         *     Needs the scope `admin`.
         */
        delete: operations["removeClientSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints, newest first
         * @description All endpoints, those that are revoked too, without what opens them.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listEndpoints"];
        put?: never;
        /**
         * Register where packages may be sent
         * @description Says where packages may be sent: a bucket of S3, a URL that is PUT below, or a directory of an SFTP server, for which a key is made that you let in. Where it is and what opens it are sealed. It is an endpoint by name alone until you have shown that it is yours: ask for a challenge, and answer it.
         *
         *     Needs the scope `admin`.
         */
        post: operations["registerEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an endpoint and how far its challenge is
         * @description One endpoint: where it is, whether it is proved, and how far its challenge is.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findEndpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a code written to the endpoint
         * @description Has a random code written to the endpoint, into the file that `challenge.file` names. Look at `challenge.state` until it is SENT, or FAILED with why. Read the file there, and send the code to `proveEndpoint` within a day. A new challenge ends the one before.
         *
         *     Needs the scope `admin`.
         */
        post: operations["challengeEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show that the endpoint is yours
         * @description Takes the code that you read at the endpoint. From then on packages may be sent there. Five wrong codes use a challenge up.
         *
         *     Needs the scope `admin`.
         */
        post: operations["proveEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an endpoint for good, at once
         * @description Ends an endpoint. No delivery to it begins any more, and what opens it is forgotten.
         *
         *     Needs the scope `admin`.
         */
        post: operations["revokeEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take the newest signed checkpoint of your log
         * @description The newest signed tree head of your log (C2SP tlog-checkpoint). Keep them: two that do not fit together prove a fork.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["readCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the entries of your log, newest first
         * @description Entries that have their places in the log and fit everything that you ask for, newest first by the instant of what they report. An entry that was just made takes a moment. A page may have fewer entries than `limit`, even none, and still a `nextCursor`: go on until that is null. `from` or `to` in the time of entries that went at the end of their retention is refused (410 `ENTRIES_PRUNED`); without them you get what is left. Each page that is read leaves an entry itself.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["listEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See which keys sign your log, and which did
         * @description Every key that signs checkpoints of your log or did, with its times. A verifier pins keys from your agreement or from a copy that you kept, never from here; this shows when another key has come, and while both sign.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["readLogKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take your log away: for auditors and verifiers
         * @description A zip for an auditor: `checkpoint` and `tile/` as C2SP tlog-tiles lays them out, `entries.ndjson` and `entries.csv`, `receipts/` as JSON and tlog-proof, `keys.json`, `index.html` to begin with, and `VERIFY.txt`, which says how `personr-verify log .` checks it all in the directory that it was unpacked to. Entries and receipts are those of the period by the instant of what they report; hashes are of the whole log, bundles from the beginning of the period on, or from the first that is left. Receipts are anchored as `readReceipt` has them. A period that begins or ends in the time of entries that went at the end of their retention is refused (410 `ENTRIES_PRUNED`). It is made while it is read, however long the log is. One entry of your log says that it was taken.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["takeEvidencePack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/tile/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take a tile of hashes of your log
         * @description Hashes of your log, 32 bytes each, as C2SP tlog-tiles lays them out: with `readEntryBundle` and `readCheckpoint` this is a log that any verifier of that format reads over HTTP. As many hashes as the path says, also of a tile that has grown since. A full tile never changes and may be kept for good. One entry of your log says that a client began to take tiles in some hour, another, at its end, how many more.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["readTile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/tile/entries/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take a bundle of entries of your log
         * @description Entries of your log, byte for byte as they were hashed, each behind its length in two bytes (C2SP tlog-tiles). As `readTile` otherwise.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["readEntryBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List holds, newest first
         * @description All holds, or those on one person; those that have ended too.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listHolds"];
        put?: never;
        /**
         * Keep from being erased what a legal ground keeps
         * @description Keeps elements of a person from being erased, on a ground of the closed list of Civ. Code 1798.105(d) and 1798.145, until an end or a review. Everything can be kept on EX_COURT, EX_LE_DIRECTION and EX_CLAIMS alone. Instructions that have not begun, and of which nothing is left to erase, wait (`ON_HOLD`); one that destroys already goes on, and `gone` says what the hold came too late for; when that is all of it the answer is 409 `ALREADY_ERASED`.
         *
         *     Needs the scope `admin`.
         */
        post: operations["placeHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a hold
         * @description One hold: what it keeps, on which ground, until when, and how it ended.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findHold"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release a hold before its time; what it kept back from an erasure is erased then, by itself
         * @description Ends a hold before its time. What it kept back from an erasure is erased then by itself, and the receipt has a further edition. Sent again for the same reason it changes nothing.
         *
         *     Needs the scope `admin`.
         */
        post: operations["releaseHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List instructions, newest first
         * @description All instructions, or those in one state or of one type.
         *
         *     Needs the scope `instructions:read`.
         */
        get: operations["listInstructions"];
        put?: never;
        /**
         * Forward a written instruction
         * @description Takes a written instruction in, once and for good: what is accepted is carried out whatever crashes. Watch it at `Location`. A repeat DELETE of an erased person is answered 200 with the instruction that erased them. What is refused leaves an entry in your log.
         *
         *     A DELETE of basis `AGREEMENT_END` with `"subject": {"all": true}` erases everything that is held for you, but for what is on hold. It needs the scope `admin` too. From its acceptance on nothing is taken in and no further instruction (409 `TENANT_LEAVING`); those that are open come to their own ends. A RETURN that has not ended is acknowledged first (409 `TRANSFER_NOT_ACKNOWLEDGED`). At `unreadableAt` nobody can read anything any more; rows and documents go after that in turns, counted by the step `ERASE_STORES`. Log, receipts and records of instructions stay.
         *
         *     A RETURN of basis `AGREEMENT_END` with `"subject": {"all": true}`, which needs `admin` too, first gives everything back, complete, in parts of bounded size: `readPackage` lists them with their hashes, `readPackagePart` hands them out. Nothing is taken in from its acceptance on (flag `INTAKE_CLOSED`), so nothing comes later that the parts do not hold. Nothing is erased before the manifest of the list is acknowledged; everything is then, but for what is on hold, as by the DELETE. Erasures that were ordered before end first; those that go on because a hold has ended wait.
         *
         *     Needs the scope `instructions:write`.
         */
        post: operations["acceptInstruction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See how far an instruction is
         * @description State, legal clocks, progress and history of one instruction.
         *
         *     Needs the scope `instructions:read`.
         */
        get: operations["findInstruction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a package that was returned has arrived; exactly what it holds is erased then
         * @description Says that the package of a RETURN has arrived, by the SHA-256 of its `manifest.json`; of a return of everything that is the manifest that lists the parts. From then on exactly what that package holds is erased, and the package with it; what came in since it was frozen stays (flag `LATER_DATA_KEPT`), and the next RETURN takes it. Nothing is erased before, however long it takes: after the days of your policy the flag `TRANSFER_ACK_OVERDUE` and entries in your log ask for it. Another manifest is 409 `MANIFEST_MISMATCH`: the same data is packed anew, and is to be taken and acknowledged again. The same acknowledgement again changes nothing. Whoever may order a RETURN may acknowledge one.
         *
         *     Needs the scope `instructions:write`.
         */
        post: operations["acknowledgeTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See how far an instruction is, while it goes on
         * @description State, clocks and progress of one instruction as `findInstruction` shows them, told anew each time something of it changes, within a second or so: server-sent events (HTML Standard, section 9.2) of the name `instruction`, each the whole of it, with counts and bytes of its steps. The last has `"final": true`; then the stream ends. Come again with `Last-Event-ID` if it breaks off, after `seconds`, or when your token has ended (an event `problem` says so): what you have seen is not told twice, and once you have seen the end the answer is 204. At most 20 streams of a tenant are open at once (429 `RATE_LIMITED`).
         *
         *     Needs the scope `instructions:read`.
         */
        get: operations["watchInstruction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold an instruction back, in whole or in part, on a legal ground
         * @description Places a hold on the subject of an instruction, as `placeHold` does, and says how the instruction stands then.
         *
         *     Needs the scope `instructions:approve`.
         */
        post: operations["holdInstruction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/package": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take the package of an export or a return; the log says so each time
         * @description Streams it, whole or the one part that `Range` asks for: of an export until it expires, of a return until what it holds is erased. Of a return of everything it lists the parts, with their sizes and hashes.
         *
         *     Needs the scope `packages:read`.
         */
        get: operations["readPackage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/package/parts/{part}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take a part of what is returned of everything that is held for you; the log says so each time
         * @description Streams it, whole or the one range of it that `Range` asks for, until the package that lists the parts is acknowledged.
         *
         *     Needs the scope `packages:read`.
         */
        get: operations["readPackagePart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take the receipt of an instruction that has ended
         * @description The receipt that a finished instruction ends in. It verifies offline, with the key you pinned, by `personr-verify` or any C2SP tlog-proof verifier. As a page it can be read and printed; that shows what the JSON says and proves nothing itself. Too early it is 409 `NOT_FINISHED` with `Retry-After`.
         *
         *     Needs the scope `instructions:read`.
         */
        get: operations["readReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/{id}/release-hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release a hold on an instruction's subject; what waited for that goes on by itself
         * @description Releases a hold on the subject of an instruction, as `releaseHold` does, and says how the instruction stands then.
         *
         *     Needs the scope `instructions:approve`.
         */
        post: operations["releaseInstructionHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructions/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forward many written instructions, line by line
         * @description A line of NDJSON is a written order, as `POST /v1/instructions` takes it, and a `key`. A line ends with LF or CRLF
         *     (the last may end with the body), is UTF-8 and at most 1 MiB; blank lines are counted and left out. A batch has at most
         *     100,000 lines: the one after ends it with `BATCH_TOO_LARGE`, and those before have been taken.
         *
         *     Each line is answered by a line, in order, while the batch goes on: a `BatchAcceptedView`, or a `BatchRefusedView` for
         *     a line that was refused, which spoils no other and leaves an entry in your log. The last line of the answer is a
         *     `BatchSummaryLine`. Its `complete` is false when the batch was ended before all of it was read: `TOKEN_EXPIRED` (get
         *     another token), `STREAM_IDLE` (nothing was sent for a minute), `SERVICE_UNAVAILABLE` (this server is going),
         *     `DIGEST_MISMATCH` (what came is not what was announced), `INTERNAL`. What has no answer, and whatever was answered with
         *     a status of 500 or more, may be sent again under the same keys, at once or after a break: what was accepted is answered
         *     with the same instruction, and nothing is doubled.
         *
         *     Read while you send: when the answers are not taken, no more lines are read. Instructions of a batch are carried out
         *     behind those that come one by one, and after those with `urgent`.
         *
         *     An `Idempotency-Key` names the batch as a whole, by the `Content-Digest` that it then needs: with another digest it is
         *     refused as `IDEMPOTENCY_CONFLICT`. While it is being answered, the same one is refused as
         *     `IDEMPOTENCY_IN_PROGRESS`: until it ends, the connection breaks, or, when the server was lost, for fifteen seconds. After that the
         *     batch is answered again line by line, and goes on where it had broken off.
         *
         *     Needs the scope `instructions:write`.
         */
        post: operations["acceptInstructions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List instructors, newest first
         * @description List instructors, newest first.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listInstructors"];
        put?: never;
        /**
         * Authorise a person or a credential to instruct
         * @description Authorise a person or a credential to instruct.
         *
         *     Needs the scope `admin`.
         */
        post: operations["addInstructor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an instructor
         * @description See an instructor.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findInstructor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instructors/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the authority away, at once
         * @description Take the authority away, at once.
         *
         *     Needs the scope `admin`.
         */
        post: operations["revokeInstructor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count a year's requests, as Reg. 7102 wants them published
         * @description What 11 CCR 7102(a) wants published of a calendar year: consumers' requests received, complied with in whole or in part and denied, by type, and the median and mean days to the answer. A request counts in the year of its local date of receipt in the zone of your policy, whatever UTC says. Orders that rest on the Agreement are no consumers' requests and are not counted, nor is what was refused at the door.
         *
         *     Needs the scope `evidence:read`.
         */
        get: operations["readMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List versions, newest first, with their review
         * @description List versions, newest first, with their review.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listNotices"];
        put?: never;
        /**
         * Add a version of the notice, within the house's
         * @description Add a version of the notice, within the house's.
         *
         *     Needs the scope `admin`.
         */
        post: operations["addNotice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a version of the notice
         * @description See a version of the notice.
         *
         *     Needs the scope `admin`.
         */
        get: operations["findNotice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the values in force
         * @description See the values in force.
         *
         *     Needs the scope `admin`.
         */
        get: operations["readPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change values from now on; what was judged before stays judged as it was
         * @description Change values from now on; what was judged before stays judged as it was.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["changePolicy"];
        trace?: never;
    };
    "/v1/policy/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List editions, newest first
         * @description List editions, newest first.
         *
         *     Needs the scope `admin`.
         */
        get: operations["listPolicyVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List subjects, newest first
         * @description All persons that data is held about, without any value.
         *
         *     Needs the scope `subjects:read`.
         */
        get: operations["listSubjects"];
        put?: never;
        /**
         * Take a person in, or add to one
         * @description Takes a person in, or adds to one that is known already by `externalId`. Values are sealed under a key of that person alone before they are written. Every element is classified; one that the notice does not cover is refused, and then nothing of the request is taken.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["admitSubject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what is held about a person, without values
         * @description Which elements are held about a person, how they are classified, where they came from and what for. No values: those are opened by `readRecords`, for a purpose.
         *
         *     Needs the scope `subjects:read`.
         */
        get: operations["readInventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a person agreed to, newest first
         * @description List what a person agreed to, newest first.
         *
         *     Needs the scope `subjects:read`.
         */
        get: operations["listConsents"];
        put?: never;
        /**
         * Record what a person agreed to; a fact that is known already is answered as it stands
         * @description Record what a person agreed to; a fact that is known already is answered as it stands.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["giveConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/consents/{consentId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a withdrawal; from now on nothing more is taken in under the consent
         * @description Record a withdrawal; from now on nothing more is taken in under the consent.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["withdrawConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a person's documents, newest first, without opening any
         * @description What documents are held about a person: type, size, source and purpose of each, not one byte of it.
         *
         *     Needs the scope `subjects:read`.
         */
        get: operations["listDocuments"];
        put?: never;
        /**
         * Add a document to a person
         * @description The body is the document, of any type and up to 5 GiB, sealed while it comes. All of it is kept, or nothing. What can be refused without the body is refused before it is read: send `Expect: 100-continue` to save sending it. Send it again when it broke off: with an `Idempotency-Key` and a `Content-Digest`, it is one document however often it is sent.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["addDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/documents/{documentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a document for a named purpose; the log says so
         * @description Streams it back, whole or the one part that `Range` asks for.
         *
         *     Needs the scope `values:read`.
         */
        get: operations["readDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add values to a person
         * @description Adds values to a person that is held already, sealed as in `admitSubject`.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["addRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{id}/records/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open values for a named purpose; the log says so
         * @description Opens values for one purpose that a service provider may have. The entry in your log is committed before the values leave, and says who read which elements what for.
         *
         *     Needs the scope `values:read`.
         */
        post: operations["readRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take many people in, line by line
         * @description A line of NDJSON is a person, as `POST /v1/subjects` takes it, and a `key`. A line ends with LF or CRLF
         *     (the last may end with the body), is UTF-8 and at most 1 MiB; blank lines are counted and left out. The stream as a
         *     whole has no limit: lines are taken in as they come, and at most 64 MiB of it are held at any time.
         *
         *     Each line is answered by a line, in order, while the stream goes on: an `ImportedView`, or an `ImportRefusedView` for
         *     a line that was refused, which spoils no other. The last line of the answer is an `ImportSummaryLine`. Its `complete`
         *     is false when the stream was ended before all of it was read: `TOKEN_EXPIRED` (get another token), `STREAM_IDLE`
         *     (nothing was sent for a minute), `SERVICE_UNAVAILABLE` (this server is going), `INTERNAL`. What has no answer, and
         *     whatever was answered with a status of 500 or more, may be sent again under the same keys: what was taken is answered
         *     with `replayed`, and nothing is doubled.
         *
         *     Read while you send: when the answers are not taken, no more lines are read.
         *
         *     Needs the scope `subjects:write`.
         */
        post: operations["importSubjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find a person by who it is
         * @description Finds our id of a person by your reference or by an identity, compared by a keyed index. A lookup is a POST because no personal data may stand in a URL.
         *
         *     Needs the scope `subjects:read`.
         */
        post: operations["lookupSubject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcknowledgeBody: {
            /**
             * @description SHA-256 of the `manifest.json` of the package that arrived, in hex.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            manifestSha256: string;
            /**
             * Format: date-time
             * @description When all of it had arrived: not before it was sent, and not in the future.
             * @example 2026-11-24T18:00:00.000Z
             */
            receivedAt: string;
        };
        ActiveHoldView: {
            /** @description What is kept; everything when none are named. */
            elements: components["schemas"]["ElementCode"][];
            /**
             * Format: date-time
             * @description When it ends by itself.
             * @example 2026-11-24T18:00:00.000Z
             */
            endsAt: string | null;
            /**
             * @description Why it is kept (Civ. Code 1798.105(d), 1798.145).
             * @example EX_TRANSACTION
             */
            ground: components["schemas"]["ExceptionGround"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
        };
        ActorView: {
            /**
             * Format: uuid
             * @description Our id of the API client.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id?: string;
            /**
             * @description API_CLIENT, OPERATOR, SYSTEM.
             * @example API_CLIENT
             */
            kind: string;
        };
        AddedRecordsView: {
            /** @description The values, one by one. */
            records: components["schemas"]["TakenRecordView"][];
        };
        AddRecordsBody: {
            /** @description The values, one by one. */
            records: components["schemas"]["RecordBody"][];
        };
        AdmitBody: {
            consents?: components["schemas"]["InlineConsentBody"][];
            /**
             * @description The Business's own reference for the person.
             * @example cust-4711
             */
            externalId: string;
            /** @description What the person is known by. */
            identities?: components["schemas"]["IdentityBody"][];
            /** @description The values, one by one. */
            records?: components["schemas"]["InlineRecordBody"][];
            /**
             * @description ISO 3166-2 code of the residence.
             * @example US-CA
             */
            residency?: string;
            /**
             * @description In which role it is held: the tenant's own when left out, and no other (ROLE_NOT_OF_TENANT).
             * @example SERVICE_PROVIDER
             */
            role?: components["schemas"]["Role"];
        };
        AdmittedView: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /** @description The values, one by one. */
            records?: components["schemas"]["TakenRecordView"][];
        };
        AgreementBody: {
            annexes?: components["schemas"]["AnnexBody"][];
            /**
             * @description The items of 11 CCR 7051(a) that the agreement is confirmed to have: all ten.
             * @example [
             *       1,
             *       2,
             *       3,
             *       4,
             *       5,
             *       6,
             *       7,
             *       8,
             *       9,
             *       10
             *     ]
             */
            checklist: number[];
            /**
             * Format: date-time
             * @description When it begins; now when left out. After every earlier one, which it supersedes.
             * @example 2026-12-01T08:00:00Z
             */
            effectiveFrom?: string;
            /**
             * Format: date-time
             * @description The first instant after it; null while no end is known.
             * @example null
             */
            effectiveTo?: string | null;
            /**
             * @description Specific business purposes, of IDENTITY_VERIFICATION, AML_CFT_COMPLIANCE, CLIENT_DUE_DILIGENCE.
             * @example [
             *       "IDENTITY_VERIFICATION",
             *       "AML_CFT_COMPLIANCE",
             *       "CLIENT_DUE_DILIGENCE"
             *     ]
             */
            purposes: string[];
            /**
             * @description Calendar days after the end in which DELETE and RETURN are still carried out.
             * @example 30
             */
            windDownDays: number;
        };
        AgreementEndBody: {
            /**
             * Format: date-time
             * @description The first instant after it: now or later, and before the end it has.
             * @example 2027-06-30T07:00:00Z
             */
            effectiveTo: string;
        };
        AgreementPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["AgreementView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        AgreementView: {
            annexes: components["schemas"]["AnnexBody"][];
            checklist: number[];
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            effectiveFrom: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            effectiveTo: string | null;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            purposes: components["schemas"]["ContractPurpose"][];
            /** @example 0 */
            windDownDays: number;
        };
        AnnexBody: {
            /** @example ANNEX */
            kind: components["schemas"]["AnnexKind"];
            /**
             * @description SHA-256 of the document, in hex.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sha256: string;
            /**
             * @description The name of the HTTP status.
             * @example Annex 1: security measures
             */
            title: string;
        };
        /**
         * @example AGREEMENT
         * @enum {string}
         */
        AnnexKind: "AGREEMENT" | "ANNEX" | "APPENDIX";
        ApiClientChangeBody: {
            /** @description The public keys it signs in with, by value. Several are good at once: add the new, then take the old away. */
            jwks?: components["schemas"]["JwksBody"];
            /**
             * Format: uri
             * @description Where it publishes its public keys: https on the usual port of a host on the internet. A key that is taken down there is refused ten minutes later at most.
             * @example https://keys.business.example/jwks.json
             */
            jwksUri?: string;
            /**
             * @description For your own eyes; it is not in the log. Letters, digits, blanks, `.`, `_`, `-`.
             * @example onboarding service
             */
            name?: string;
            /**
             * @description What it may do. Nobody gives what its own token does not hold.
             * @example [
             *       "subjects:write"
             *     ]
             */
            scopes?: components["schemas"]["Scope"][];
        };
        ApiClientPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["ApiClientView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        ApiClientView: {
            /**
             * @description How it signs in.
             * @example client_secret_basic
             */
            authMethod: components["schemas"]["AuthMethod"];
            /**
             * @description What it names itself at the token endpoint.
             * @example text
             */
            clientId: string;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /** @description Its keys, where they were given by value. */
            jwks: components["schemas"]["KeySetView"] | null;
            /**
             * Format: uri
             * @description Where it publishes its keys.
             * @example https://keys.business.example/jwks.json
             */
            jwksUri: string | null;
            /**
             * @description Its name.
             * @example text
             */
            name: string;
            /**
             * Format: date-time
             * @description When it was revoked, for good.
             * @example 2026-11-24T18:00:00.000Z
             */
            revokedAt: string | null;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description Those that are good now, newest first. */
            secrets: components["schemas"]["ClientSecretView"][];
        };
        /**
         * @description CONSUMER: what Reg. 7024(d) forbids is named and left out. BUSINESS: complete; never to be passed on as it is.
         * @example CONSUMER
         * @enum {string}
         */
        Audience: "CONSUMER" | "BUSINESS";
        /**
         * @description How a client may sign in; each in the one way it was registered for.
         * @example client_secret_basic
         * @enum {string}
         */
        AuthMethod: "client_secret_basic" | "private_key_jwt";
        /**
         * @example CONSUMER_REQUEST
         * @enum {string}
         */
        Basis: "CONSUMER_REQUEST" | "END_OF_PURPOSE" | "AGREEMENT_END" | "DROP";
        BatchAcceptedView: {
            /**
             * @description A repeat: this is the first instruction.
             * @example ALREADY_ERASED
             * @enum {string}
             */
            code?: "ALREADY_ERASED";
            /**
             * Format: uuid
             * @description Our id of the instruction.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description The number of the line, from 1; blank lines count.
             * @example 1
             */
            line: number;
            /**
             * @description Whether this repeats the answer to an earlier line of the same key.
             * @example false
             */
            replayed: boolean;
            /**
             * @description Where it stands.
             * @example RECEIVED
             */
            state: components["schemas"]["InstructionState"];
            /**
             * @description 202: accepted. 200: the subject is erased already; this is the instruction that erased it.
             * @example 200
             * @enum {integer}
             */
            status: 200 | 202;
        };
        BatchLineBody: {
            /**
             * @description Why it is instructed.
             * @example CONSUMER_REQUEST
             */
            basis: components["schemas"]["Basis"];
            /** @description Of basis CONSUMER_REQUEST. */
            consumerRequest?: components["schemas"]["ConsumerRequestBody"];
            /** @description Of an EXPORT; without it: AUDIENCE_REQUIRED. */
            export?: components["schemas"]["ExportBody"];
            /**
             * @description The line's Idempotency-Key: the same key with the same line has one effect and one answer, for 24 hours at least, in this batch, in another, and as the header of `POST /v1/instructions`. Never answered, since it may name a person.
             * @example order-4711
             */
            key: string;
            /** @description Of a RETURN; for download, as it is, when left out. */
            return?: components["schemas"]["ReturnBody"];
            /** @description Everything when left out. */
            scope?: components["schemas"]["ScopeBody"];
            /** @description The person it is about; null when nobody of that name is held. */
            subject: components["schemas"]["SubjectBody"];
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
            /**
             * @description Whether it is carried out before others; false when left out.
             * @example false
             */
            urgent?: boolean;
            /** @description Of basis CONSUMER_REQUEST. */
            verification?: components["schemas"]["VerificationBody"];
            /** @description Missing writing is refused: INSTRUCTION_NOT_WRITTEN. */
            writing?: components["schemas"]["WritingBody"];
        };
        BatchRefusedView: {
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example NOT_VERIFIED
             * @enum {string}
             */
            code: "LINE_MALFORMED" | "LINE_TOO_LONG" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "ELEMENT_UNKNOWN" | "SUBJECT_NOT_FOUND" | "SUBJECT_AMBIGUOUS" | "INSTRUCTION_NOT_WRITTEN" | "INSTRUCTOR_NOT_AUTHORISED" | "AGREEMENT_NOT_IN_FORCE" | "TYPE_NOT_ENABLED" | "SCOPE_INVALID" | "AUDIENCE_REQUIRED" | "ENDPOINT_NOT_FOUND" | "ENDPOINT_REVOKED" | "ENDPOINT_NOT_PROVED" | "KNOW_LIMIT_REACHED" | "RECEIPT_IN_FUTURE" | "NOT_VERIFIED" | "VERIFICATION_LEVEL_TOO_LOW" | "DECLARATION_MISSING" | "ID_MALFORMED" | "INSTRUCTION_NOT_FOUND" | "SERVICE_UNAVAILABLE" | "INTERNAL";
            /**
             * @description A sentence for the person who reads it. Never a submitted value.
             * @example The consumer’s identity was not verified.
             */
            detail: string;
            /** @description The refused members, one by one. */
            errors?: components["schemas"]["MemberProblemView"][];
            /**
             * @description The number of the line, from 1; blank lines count.
             * @example 1
             */
            line: number;
            /**
             * @description Where it stands.
             * @example 409
             */
            status: number;
        };
        BatchSummaryLine: {
            summary: components["schemas"]["BatchSummaryView"];
        };
        BatchSummaryView: {
            /**
             * @description Taken in.
             * @example 0
             */
            accepted: number;
            /**
             * @description About subjects that were erased already.
             * @example 0
             */
            alreadyErased: number;
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example TOKEN_EXPIRED
             * @enum {string}
             */
            code?: "TOKEN_EXPIRED" | "CREDENTIAL_INVALID" | "STREAM_IDLE" | "SERVICE_UNAVAILABLE" | "INTERNAL" | "BATCH_TOO_LARGE" | "DIGEST_MISMATCH";
            /**
             * @description Whether every line that was sent has been answered.
             * @example false
             */
            complete: boolean;
            /**
             * @description A sentence for the person who reads it. Never a submitted value.
             * @example text
             */
            detail?: string;
            /**
             * @description How many lines were answered.
             * @example 0
             */
            lines: number;
            /**
             * @description Refused.
             * @example 0
             */
            refused: number;
            /**
             * @description Answered as an earlier line of the same key was.
             * @example 0
             */
            replayed: number;
            /**
             * @description When not complete: why.
             * @example 400
             */
            status?: number;
        };
        /**
         * @example A
         * @enum {string}
         */
        Category: "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L";
        /**
         * @description ASKED until it was written to the endpoint, or could not be.
         * @example ASKED
         * @enum {string}
         */
        ChallengeState: "ASKED" | "SENT" | "FAILED";
        ChallengeView: {
            /**
             * Format: date-time
             * @description Until when it can be answered.
             * @example 2026-11-24T18:00:00.000Z
             */
            endsAt: string | null;
            /**
             * @description Why it could not be written.
             * @example null
             * @enum {string|null}
             */
            failure: "SLOW" | "CLOSED_MIDWAY" | "REDIRECTED" | "CERTIFICATE" | "HOST_KEY" | "FULL" | "REFUSED" | "UNREACHABLE" | null;
            /**
             * @description The name of the file that it is written to.
             * @example personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt
             */
            file: string;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-24T18:00:00.000Z
             */
            sentAt: string | null;
            /**
             * @description ASKED until it was written to the endpoint, or could not be.
             * @example SENT
             */
            state: components["schemas"]["ChallengeState"];
            /**
             * @description How often an answer may still be wrong.
             * @example 5
             */
            triesLeft: number;
        };
        ClientSecretView: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null until it is replaced.
             * @example 2026-11-24T18:00:00.000Z
             */
            expiresAt: string | null;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
        };
        ConsentBody: {
            /**
             * Format: date-time
             * @description Not in the future.
             * @example 2026-11-20T09:00:00Z
             */
            givenAt: string;
            /**
             * @description A code of the policy.
             * @example PRIVACY_POLICY
             */
            policy: string;
            /**
             * @description A code of its version.
             * @example 2026-01
             */
            version: string;
        };
        ConsentPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["ConsentView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        ConsentView: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            givenAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /** @example PRIVACY_POLICY */
            policy: string;
            /** @example 2026-01 */
            version: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            withdrawnAt: string | null;
        };
        ConsumerRequestBody: {
            /**
             * @description How the request came.
             * @example EMAIL
             */
            manner: components["schemas"]["Manner"];
            /**
             * @description What the consumer asked for.
             * @example DELETE
             */
            nature: components["schemas"]["InstructionType"];
            /**
             * Format: date-time
             * @description When the Business received it.
             * @example 2026-11-24T18:00:00.000Z
             */
            receivedAt: string;
        };
        /**
         * @example IDENTITY_VERIFICATION
         * @enum {string}
         */
        ContractPurpose: "IDENTITY_VERIFICATION" | "AML_CFT_COMPLIANCE" | "CLIENT_DUE_DILIGENCE";
        CreatedApiClientView: {
            /**
             * @description How it signs in.
             * @example client_secret_basic
             */
            authMethod: components["schemas"]["AuthMethod"];
            /**
             * @description What it names itself at the token endpoint.
             * @example text
             */
            clientId: string;
            /**
             * @description Only of a client that signs in with a secret. Shown once, in the first answer to the request that made it: it is kept nowhere, so a replay of the Idempotency-Key answers without it.
             * @example text
             */
            clientSecret?: string;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /** @description Its keys, where they were given by value. */
            jwks: components["schemas"]["KeySetView"] | null;
            /**
             * Format: uri
             * @description Where it publishes its keys.
             * @example https://keys.business.example/jwks.json
             */
            jwksUri: string | null;
            /**
             * @description Its name.
             * @example text
             */
            name: string;
            /**
             * Format: date-time
             * @description When it was revoked, for good.
             * @example 2026-11-24T18:00:00.000Z
             */
            revokedAt: string | null;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description Those that are good now, newest first. */
            secrets: components["schemas"]["ClientSecretView"][];
        };
        CreatedSecretView: {
            /**
             * @description Shown once, in the first answer to the request that made it: it is kept nowhere, so a replay of the Idempotency-Key answers without it.
             * @example text
             */
            clientSecret?: string;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null until it is replaced.
             * @example 2026-11-24T18:00:00.000Z
             */
            expiresAt: string | null;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
        };
        DeadlineView: {
            /**
             * @description What a program switches on.
             * @example RESPONSE_45D
             */
            code: string;
            /**
             * Format: date-time
             * @description The last moment in time.
             * @example 2026-11-24T18:00:00.000Z
             */
            dueAt: string;
            /**
             * Format: date-time
             * @description The first moment too late.
             * @example 2026-11-24T18:00:00.000Z
             */
            lateFrom: string;
            /**
             * Format: date-time
             * @description When it was met; null while it has not been.
             * @example 2026-11-24T18:00:00.000Z
             */
            metAt: string | null;
        };
        DocumentPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["DocumentView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        DocumentView: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "H"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * Format: date-time
             * @description When the value was collected.
             * @example 2026-11-24T18:00:00.000Z
             */
            collectedAt: string;
            /**
             * Format: uuid
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            consentId: string | null;
            /** @example image/jpeg */
            contentType: string;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * @description Which data element it is.
             * @example SELFIE
             */
            element: components["schemas"]["ElementCode"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description What the value may be used for.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["PurposeCode"];
            /**
             * Format: int64
             * @example 204800
             */
            sizeBytes: number;
            /**
             * @description Where the value came from.
             * @example CLIENT_OR_AGENT
             */
            source: components["schemas"]["SourceCode"];
        };
        /**
         * @description What kind of value it is; its categories follow from it.
         * @example FULL_NAME
         * @enum {string}
         */
        ElementCode: "FULL_NAME" | "POSTAL_ADDRESS" | "DATE_OF_BIRTH" | "EMAIL_ADDRESS" | "PHONE_NUMBER" | "IP_ADDRESS" | "EXTERNAL_ID" | "SSN" | "DRIVERS_LICENSE_NUMBER" | "STATE_ID_NUMBER" | "DOCUMENT_TYPE" | "DOCUMENT_COUNTRY" | "DOCUMENT_EXPIRY" | "DOCUMENT_NUMBER" | "MRZ" | "BARCODE_CONTENTS" | "DOCUMENT_SECURITY_FEATURES" | "SIGNATURE" | "BANK_ACCOUNT_NUMBER" | "CARD_HOLDER" | "CARD_EXPIRY" | "CARD_FIRST_SIX_LAST_FOUR" | "SOURCE_OF_FUNDS" | "AGE_OVER_40" | "CITIZENSHIP" | "PERSONAL_PROPERTY" | "FACE_TEMPLATE" | "ACCESS_HISTORY" | "SERVICE_INTERACTION" | "SELFIE" | "VIDEO" | "SOUND" | "DOCUMENT_FACE_PICTURE" | "OCCUPATION" | "EMPLOYMENT" | "VACCINATION_CERTIFICATE" | "TEST_CERTIFICATE" | "RECOVERY_CERTIFICATE" | "LIVENESS_SCORE" | "MATCH_SCORE" | "FRAUD_SCORE" | "LIST_HIT" | "GEOLOCATION" | "EDUCATION_RECORD" | "INFERENCE_PROFILE";
        /**
         * @description What kind it is.
         * @example S3
         * @enum {string}
         */
        EndpointKind: "S3" | "HTTPS" | "SFTP";
        EndpointPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["EndpointView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        /** @description Exactly one of the three. */
        EndpointPlaceBody: {
            https?: components["schemas"]["HttpsPlaceBody"];
            s3?: components["schemas"]["S3PlaceBody"];
            sftp?: components["schemas"]["SftpPlaceBody"];
        };
        EndpointPlaceView: {
            https?: components["schemas"]["HttpsPlaceView"];
            s3?: components["schemas"]["S3PlaceView"];
            sftp?: components["schemas"]["SftpPlaceView"];
        };
        /**
         * @description Only one that is PROVED receives anything but its challenge.
         * @example REGISTERED
         * @enum {string}
         */
        EndpointState: "REGISTERED" | "PROVED" | "REVOKED";
        EndpointView: {
            /** @description The latest challenge; null before the first. */
            challenge: components["schemas"]["ChallengeView"] | null;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description What kind it is.
             * @example S3
             */
            kind: components["schemas"]["EndpointKind"];
            /**
             * @description Your own words for it.
             * @example archive of the compliance team
             */
            name: string;
            /** @description Where it is, without what opens it. */
            place: components["schemas"]["EndpointPlaceView"];
            /**
             * Format: date-time
             * @description When its challenge was answered.
             * @example 2026-11-24T18:00:00.000Z
             */
            provedAt: string | null;
            /**
             * Format: date-time
             * @description When it was ended, for good.
             * @example 2026-11-24T18:00:00.000Z
             */
            revokedAt: string | null;
            /**
             * @description Only one that is PROVED receives anything but its challenge.
             * @example REGISTERED
             */
            state: components["schemas"]["EndpointState"];
        };
        EntryPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["EntryView"][];
            /**
             * @description For the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        EntryView: {
            /** @description Who acted. */
            actor: components["schemas"]["ActorView"];
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-24T18:00:00.000Z
             */
            at: string;
            /**
             * @description A salted hash of what is kept elsewhere, as of a receipt.
             * @example text
             */
            commitment: string | null;
            /** @description Counts, codes and ids. */
            detail: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What happened.
             * @example instruction.closed
             */
            event: string;
            /**
             * @description The state before.
             * @example text
             */
            from: string | null;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description Its place in the log, from 0.
             * @example 1
             */
            index: number;
            /**
             * Format: uuid
             * @description The instruction that it is about.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            instructionId: string | null;
            /**
             * @description How it came out.
             * @example COMPLETED
             */
            outcome: string;
            /**
             * @description The policy that was applied.
             * @example text
             */
            policyVersion: string | null;
            /**
             * @description Why.
             * @example text
             */
            reasonCode: string | null;
            /**
             * @description The request that it came with.
             * @example text
             */
            requestId: string | null;
            /**
             * @description The random reference of the subject that it is about.
             * @example text
             */
            subjectRef: string | null;
            /**
             * @description The state after.
             * @example text
             */
            to: string | null;
        };
        /**
         * @example EX_TRANSACTION
         * @enum {string}
         */
        ExceptionGround: "EX_TRANSACTION" | "EX_SECURITY" | "EX_DEBUG" | "EX_SPEECH_OR_RIGHT" | "EX_CALECPA" | "EX_RESEARCH" | "EX_INTERNAL" | "EX_LEGAL" | "EX_COURT" | "EX_INQUIRY" | "EX_CLAIMS" | "EX_EMERGENCY" | "EX_LE_DIRECTION" | "EX_PRIVILEGE" | "EX_MEDICAL" | "EX_FCRA" | "EX_GLBA" | "EX_DPPA" | "EX_HOUSEHOLD" | "EX_OTHERS" | "EX_UNVERIFIED" | "EX_UNFOUNDED";
        ExportBody: {
            /**
             * @description CONSUMER: what Reg. 7024(d) forbids is named and left out. BUSINESS: complete; never to be passed on as it is.
             * @example CONSUMER
             */
            audience: components["schemas"]["Audience"];
            /** @example CATEGORIES */
            content: components["schemas"]["ExportContent"];
            /**
             * @description A recipient of age (age-encryption.org/v1, X25519). The package leaves as a file of age, which its identity alone opens.
             * @example age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
             */
            encryptTo?: string;
            /** @description When left out: for a consumer the 12 months before the request was received, for the Business everything. */
            lookback?: components["schemas"]["LookbackBody"];
            /** @description Gives the answer although the consumer has had as many within twelve months as the law owes. */
            waiver?: components["schemas"]["WaiverBody"];
        };
        /**
         * @example CATEGORIES
         * @enum {string}
         */
        ExportContent: "CATEGORIES" | "SPECIFIC_PIECES";
        FoundView: {
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
        };
        HeldInstructionView: {
            /**
             * Format: date-time
             * @description When it was taken in; the clocks count from it or from what the consumer’s request says.
             * @example 2026-11-24T18:00:00.000Z
             */
            acceptedAt: string;
            /**
             * Format: uuid
             * @description The agreement it rests on.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            agreementId: string | null;
            /**
             * @description What this caller may do with it now.
             * @example [
             *       "hold"
             *     ]
             */
            allowedActs: components["schemas"]["InstructionAct"][];
            /**
             * @description Why it is instructed.
             * @example CONSUMER_REQUEST
             */
            basis: components["schemas"]["Basis"];
            /**
             * @description A repeat: this is the first instruction.
             * @example ALREADY_ERASED
             * @enum {string}
             */
            code?: "ALREADY_ERASED";
            /** @description Its clocks. */
            deadlines: components["schemas"]["DeadlineView"][];
            /**
             * Format: date-time
             * @description When every store, read afresh, held nothing.
             * @example 2026-11-24T18:00:00.000Z
             */
            erasedAt: string | null;
            /**
             * @description Whether it has ended.
             * @example false
             */
            final: boolean;
            /**
             * Format: date-time
             * @description When it ended; null while it has not.
             * @example 2026-11-24T18:00:00.000Z
             */
            finishedAt: string | null;
            /** @description What is special about it. */
            flags: string[];
            /** @description Every move of its life, the oldest first. */
            history: components["schemas"]["TransitionView"][];
            /** @description The hold that was placed or released. */
            hold: components["schemas"]["HoldView"];
            /** @description The active holds on its subject, shown to whoever may release them. */
            holds: components["schemas"]["ActiveHoldView"][];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * Format: uuid
             * @description Who gave it; null for the registration of the credential itself.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            instructorId: string | null;
            /** @description Of an EXPORT or a RETURN, as long as there is one. */
            package?: components["schemas"]["PackageView"];
            /**
             * @description The policy it is judged by.
             * @example 2026-11-23.1
             */
            policyVersion: string;
            /**
             * @description Where the receipt is, once it has ended.
             * @example text
             */
            receiptUrl: string | null;
            /**
             * Format: date-time
             * @description From here on no older copy of anything can be read.
             * @example 2026-11-24T18:00:00.000Z
             */
            sealedAt: string | null;
            /**
             * @description Where it stands.
             * @example RECEIVED
             */
            state: components["schemas"]["InstructionState"];
            /** @description The parts of its execution. */
            steps: components["schemas"]["StepView"][];
            /** @description The person it is about; null when nobody of that name is held. */
            subject: components["schemas"]["InstructionSubjectView"] | null;
            /** @description Of a RETURN, once its package is made. */
            transfer?: components["schemas"]["TransferView"];
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
            /**
             * Format: date-time
             * @description Since when it is so.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableAt: string | null;
            /**
             * Format: date-time
             * @description By when no right guess of an identity can be confirmed from any copy any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableDueAt: string | null;
            /**
             * Format: date-time
             * @description When the last living copy could not be read any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unreadableAt: string | null;
            /**
             * @description Whether it is carried out before others.
             * @example false
             */
            urgent: boolean;
        };
        HoldBody: {
            /**
             * @description The law or order that it rests on. Never a word about the person.
             * @example 31 CFR 1020.220(a)(3)
             */
            citation: string;
            /**
             * @description What is kept; everything when left out, which EX_COURT, EX_LE_DIRECTION, EX_CLAIMS allow.
             * @example [
             *       "FULL_NAME",
             *       "DOCUMENT_NUMBER"
             *     ]
             */
            elements?: components["schemas"]["ElementCode"][];
            /**
             * Format: date-time
             * @description When it ends by itself, and what it keeps is erased. This or reviewAt is needed.
             * @example 2031-11-24T08:00:00Z
             */
            endsAt?: string | null;
            /**
             * @description A ground of Civ. Code 1798.105(d) or 1798.145, of EX_TRANSACTION, EX_SECURITY, EX_DEBUG, EX_SPEECH_OR_RIGHT, EX_CALECPA, EX_RESEARCH, EX_INTERNAL, EX_LEGAL, EX_COURT, EX_INQUIRY, EX_CLAIMS, EX_EMERGENCY, EX_LE_DIRECTION, EX_PRIVILEGE, EX_MEDICAL, EX_FCRA, EX_GLBA, EX_DPPA, EX_HOUSEHOLD, EX_OTHERS, EX_UNVERIFIED, EX_UNFOUNDED.
             * @example EX_LEGAL
             */
            ground: string;
            /**
             * Format: date-time
             * @description When the ground is looked at again.
             * @example 2027-11-24T08:00:00Z
             */
            reviewAt?: string | null;
        };
        HoldPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["HoldView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        /**
         * @example GROUND_ENDED
         * @enum {string}
         */
        HoldReleaseReason: "GROUND_ENDED" | "RELEASED_BY_COURT" | "WAIVED_BY_BUSINESS" | "PLACED_IN_ERROR";
        HoldView: {
            /**
             * @description The law or order that it rests on.
             * @example 31 CFR 1020.220(a)(3)
             */
            citation: string;
            /** @description What is kept; everything when none are named. */
            elements: components["schemas"]["ElementCode"][];
            /**
             * Format: date-time
             * @description When it ended; null while it is active.
             * @example 2026-11-24T18:00:00.000Z
             */
            endedAt: string | null;
            /**
             * @description Why it ended.
             * @example GROUND_ENDED
             * @enum {string|null}
             */
            endReason: "GROUND_ENDED" | "RELEASED_BY_COURT" | "WAIVED_BY_BUSINESS" | "PLACED_IN_ERROR" | "TIME_CAME" | null;
            /**
             * Format: date-time
             * @description When it ends by itself; null when it does not.
             * @example 2026-11-24T18:00:00.000Z
             */
            endsAt: string | null;
            /** @description What it came too late for: gone, or its keys being destroyed, when it was placed. */
            gone: components["schemas"]["ElementCode"][];
            /**
             * @description Why it is kept (Civ. Code 1798.105(d), 1798.145).
             * @example EX_TRANSACTION
             */
            ground: components["schemas"]["ExceptionGround"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * Format: uuid
             * @description The instruction that it was placed on; null for one placed on the subject.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            instructionId: string | null;
            /**
             * Format: uuid
             * @description The API client that placed it.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            placedBy: string;
            /**
             * Format: date-time
             * @description When the ground is looked at again.
             * @example 2026-11-24T18:00:00.000Z
             */
            reviewAt: string | null;
            /**
             * Format: date-time
             * @description When it was placed.
             * @example 2026-11-24T18:00:00.000Z
             */
            startsAt: string;
            /**
             * Format: uuid
             * @description Our id of the subject.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            subjectId: string;
        };
        HttpsPlaceBody: {
            /**
             * @description Sent as `Authorization: Bearer`. Sealed; shown to nobody again.
             * @example invented-token-of-the-door
             */
            bearer?: string;
            /**
             * @description Certificates in PEM that alone vouch for the server. The usual authorities do when left out.
             * @example -----BEGIN CERTIFICATE-----
             *     MIIBkzCCATmgAwIBAgIUdlQg86rV2iUm3ALBausknzfeQIswCgYIKoZIzj0EAwIw
             *     HjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBDQTAgFw0yNjExMzAyMjE1Mzla
             *     GA8yMTI2MTEwNjIyMTUzOVowHjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBD
             *     QTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMbP3vaXZ+SPPqKQ5VrkJg9cEl8T
             *     nfWNVAYDNFHSltq5X93aJe8S7y4iiEBzVyR7l6zHEbw9MPM9IaIZ3HF7EkGjUzBR
             *     MB0GA1UdDgQWBBQiZ0hQ3dKDzj8MK1ejkXtAFFLQuTAfBgNVHSMEGDAWgBQiZ0hQ
             *     3dKDzj8MK1ejkXtAFFLQuTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
             *     MEUCIQDJGvX488LSPhe3ZBJ9Mu4IDiBC4yMR2bbuum6yEjOivQIgSLEOccG3FilC
             *     d4fAjix4nNOFAY7Tf5dLPWF8coB06c0=
             *     -----END CERTIFICATE-----
             */
            ca?: string;
            /**
             * Format: uri
             * @description An https URL without query and fragment; the name of each package is appended to its path.
             * @example https://in.business.example/returns
             */
            url: string;
        };
        HttpsPlaceView: {
            /**
             * @description The certificates that alone vouch for the server; the usual authorities when null.
             * @example null
             */
            ca: string | null;
            /**
             * Format: uri
             * @description Below which packages are put.
             * @example https://in.business.example/returns
             */
            url: string;
        };
        IdentityBody: {
            /**
             * @description What kind it is.
             * @example EMAIL
             */
            type: components["schemas"]["IdentityType"];
            /**
             * @description The value itself.
             * @example ada@invented.example
             */
            value: string;
        };
        /**
         * @example EMAIL
         * @enum {string}
         */
        IdentityType: "EMAIL" | "PHONE" | "DOCUMENT_NUMBER";
        ImportedView: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description The number of the line, from 1; blank lines count.
             * @example 1
             */
            line: number;
            /** @description The values, one by one. */
            records?: components["schemas"]["TakenRecordView"][];
            /**
             * @description Whether this repeats the answer to an earlier line of the same key.
             * @example false
             */
            replayed: boolean;
            /**
             * @description 201: taken in. 200: known already; what was sent is added.
             * @example 200
             * @enum {integer}
             */
            status: 200 | 201;
        };
        ImportLineBody: {
            consents?: components["schemas"]["InlineConsentBody"][];
            /**
             * @description The Business's own reference for the person.
             * @example cust-4711
             */
            externalId: string;
            /** @description What the person is known by. */
            identities?: components["schemas"]["IdentityBody"][];
            /**
             * @description The line's Idempotency-Key: the same key with the same line has one effect and one answer, for 24 hours at least, in this stream, in another, and as the header of `POST /v1/subjects`. Never answered, since it may name a person.
             * @example row-4711
             */
            key: string;
            /** @description The values, one by one. */
            records?: components["schemas"]["InlineRecordBody"][];
            /**
             * @description ISO 3166-2 code of the residence.
             * @example US-CA
             */
            residency?: string;
            /**
             * @description In which role it is held: the tenant's own when left out, and no other (ROLE_NOT_OF_TENANT).
             * @example SERVICE_PROVIDER
             */
            role?: components["schemas"]["Role"];
        };
        ImportRefusedView: {
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example CATEGORY_NOT_IN_NOTICE
             * @enum {string}
             */
            code: "LINE_MALFORMED" | "LINE_TOO_LONG" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "PURPOSE_NOT_PERMITTED" | "AGREEMENT_NOT_IN_FORCE" | "TENANT_LEAVING" | "CONSENT_MISSING" | "CONSENT_NOT_FOUND" | "CONSENT_WITHDRAWN" | "CONSENT_IN_FUTURE" | "ROLE_NOT_OF_TENANT" | "SUBJECT_NOT_FOUND" | "SUBJECT_BEING_ERASED" | "KEY_SHREDDED" | "SERVICE_UNAVAILABLE" | "INTERNAL";
            /**
             * @description A sentence for the person who reads it. Never a submitted value.
             * @example The notice in force does not list this category.
             */
            detail: string;
            /** @description The refused members, one by one. */
            errors?: components["schemas"]["MemberProblemView"][];
            /**
             * @description The number of the line, from 1; blank lines count.
             * @example 1
             */
            line: number;
            /**
             * @description Where it stands.
             * @example 422
             */
            status: number;
        };
        ImportSummaryLine: {
            summary: components["schemas"]["ImportSummaryView"];
        };
        ImportSummaryView: {
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example TOKEN_EXPIRED
             * @enum {string}
             */
            code?: "TOKEN_EXPIRED" | "CREDENTIAL_INVALID" | "STREAM_IDLE" | "SERVICE_UNAVAILABLE" | "INTERNAL";
            /**
             * @description Whether every line that was sent has been answered.
             * @example false
             */
            complete: boolean;
            /**
             * @description Taken in.
             * @example 0
             */
            created: number;
            /**
             * @description A sentence for the person who reads it. Never a submitted value.
             * @example text
             */
            detail?: string;
            /**
             * @description How many lines were answered.
             * @example 0
             */
            lines: number;
            /**
             * @description Refused.
             * @example 0
             */
            refused: number;
            /**
             * @description Answered as an earlier line of the same key was.
             * @example 0
             */
            replayed: number;
            /**
             * @description When not complete: why.
             * @example 400
             */
            status?: number;
            /**
             * @description Known already, and added to.
             * @example 0
             */
            updated: number;
        };
        InlineConsentBody: {
            /**
             * Format: date-time
             * @description Not in the future.
             * @example 2026-11-20T09:00:00Z
             */
            givenAt: string;
            /**
             * @description A code of the policy.
             * @example PRIVACY_POLICY
             */
            policy: string;
            /**
             * @description By which records of the same body name it: `consentRef`. Kept nowhere.
             * @example c1
             */
            ref?: string;
            /**
             * @description A code of its version.
             * @example 2026-01
             */
            version: string;
        };
        InlineRecordBody: {
            /**
             * Format: date-time
             * @description When the value was collected.
             * @example 2026-11-23T18:00:00Z
             */
            collectedAt: string;
            /**
             * Format: uuid
             * @description The consent on record that it is taken in under.
             * @example 019ab0c4-5a00-7000-8000-000000000001
             */
            consentId?: string;
            /**
             * @description The `ref` of a consent of the same body; instead of `consentId`.
             * @example c1
             */
            consentRef?: string;
            /**
             * @description What kind of value it is; its categories follow from it.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            /**
             * @description What the value may be used for.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["PurposeCode"];
            /**
             * @description Where the value came from.
             * @example CLIENT_OR_AGENT
             */
            source: components["schemas"]["SourceCode"];
            /**
             * @description Any JSON value but null, of at most 65,536 characters.
             * @example Ada Invented
             */
            value: string | number | boolean | unknown[] | {
                [key: string]: unknown;
            };
        };
        /**
         * @description What this caller may do with it now.
         * @example hold
         * @enum {string}
         */
        InstructionAct: "hold" | "release-hold" | "acknowledge";
        InstructionBody: {
            /**
             * @description Why it is instructed.
             * @example CONSUMER_REQUEST
             */
            basis: components["schemas"]["Basis"];
            /** @description Of basis CONSUMER_REQUEST. */
            consumerRequest?: components["schemas"]["ConsumerRequestBody"];
            /** @description Of an EXPORT; without it: AUDIENCE_REQUIRED. */
            export?: components["schemas"]["ExportBody"];
            /** @description Of a RETURN; for download, as it is, when left out. */
            return?: components["schemas"]["ReturnBody"];
            /** @description Everything when left out. */
            scope?: components["schemas"]["ScopeBody"];
            /** @description The person it is about; null when nobody of that name is held. */
            subject: components["schemas"]["SubjectBody"];
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
            /**
             * @description Whether it is carried out before others; false when left out.
             * @example false
             */
            urgent?: boolean;
            /** @description Of basis CONSUMER_REQUEST. */
            verification?: components["schemas"]["VerificationBody"];
            /** @description Missing writing is refused: INSTRUCTION_NOT_WRITTEN. */
            writing?: components["schemas"]["WritingBody"];
        };
        InstructionPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["InstructionSummaryView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        InstructionReleaseBody: {
            /**
             * Format: uuid
             * @description Our id of the hold.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            holdId: string;
            /**
             * @description Why, as a code.
             * @example GROUND_ENDED
             */
            reason: components["schemas"]["HoldReleaseReason"];
        };
        /**
         * @example RECEIVED
         * @enum {string}
         */
        InstructionState: "RECEIVED" | "REJECTED" | "ACKNOWLEDGED" | "AWAITING_VERIFICATION" | "VERIFIED" | "SCOPED" | "NO_DATA" | "UNDER_REVIEW" | "AWAITING_FEE" | "ON_HOLD" | "APPROVED" | "QUEUED" | "PACKAGING" | "DELIVERING" | "AWAITING_TRANSFER_ACK" | "APPLYING" | "ERASING" | "ERASING_BACKUPS" | "AWAITING_SUBPROCESSORS" | "VERIFYING_ERASURE" | "RESPONDING" | "DENIED" | "RESPONDED" | "COMPLETED" | "COMPLETED_WITH_EXCEPTIONS" | "CLOSED_DENIED" | "CLOSED_NO_DATA" | "CANCELLED";
        InstructionSubjectView: {
            /**
             * @description Everything that is held for you.
             * @example true
             * @enum {boolean}
             */
            all?: true;
            /**
             * Format: uuid
             * @description Our id of the subject.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id?: string;
        };
        InstructionSummaryView: {
            /**
             * Format: date-time
             * @description When it was taken in; the clocks count from it or from what the consumer’s request says.
             * @example 2026-11-24T18:00:00.000Z
             */
            acceptedAt: string;
            /**
             * @description Why it is instructed.
             * @example CONSUMER_REQUEST
             */
            basis: components["schemas"]["Basis"];
            /**
             * Format: date-time
             * @description When every store, read afresh, held nothing.
             * @example 2026-11-24T18:00:00.000Z
             */
            erasedAt: string | null;
            /**
             * @description Whether it has ended.
             * @example false
             */
            final: boolean;
            /**
             * Format: date-time
             * @description When it ended; null while it has not.
             * @example 2026-11-24T18:00:00.000Z
             */
            finishedAt: string | null;
            /** @description What is special about it. */
            flags: string[];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description Where the receipt is, once it has ended.
             * @example text
             */
            receiptUrl: string | null;
            /**
             * Format: date-time
             * @description From here on no older copy of anything can be read.
             * @example 2026-11-24T18:00:00.000Z
             */
            sealedAt: string | null;
            /**
             * @description Where it stands.
             * @example RECEIVED
             */
            state: components["schemas"]["InstructionState"];
            /** @description The person it is about; null when nobody of that name is held. */
            subject: components["schemas"]["InstructionSubjectView"] | null;
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
            /**
             * Format: date-time
             * @description Since when it is so.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableAt: string | null;
            /**
             * Format: date-time
             * @description By when no right guess of an identity can be confirmed from any copy any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableDueAt: string | null;
            /**
             * Format: date-time
             * @description When the last living copy could not be read any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unreadableAt: string | null;
            /**
             * @description Whether it is carried out before others.
             * @example false
             */
            urgent: boolean;
        };
        /**
         * @description What may be instructed.
         * @example DELETE
         * @enum {string}
         */
        InstructionType: "DELETE" | "EXPORT" | "RETURN" | "CORRECT" | "LIMIT" | "OPT_OUT";
        InstructionView: {
            /**
             * Format: date-time
             * @description When it was taken in; the clocks count from it or from what the consumer’s request says.
             * @example 2026-11-24T18:00:00.000Z
             */
            acceptedAt: string;
            /**
             * Format: uuid
             * @description The agreement it rests on.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            agreementId: string | null;
            /**
             * @description What this caller may do with it now.
             * @example [
             *       "hold"
             *     ]
             */
            allowedActs: components["schemas"]["InstructionAct"][];
            /**
             * @description Why it is instructed.
             * @example CONSUMER_REQUEST
             */
            basis: components["schemas"]["Basis"];
            /**
             * @description A repeat: this is the first instruction.
             * @example ALREADY_ERASED
             * @enum {string}
             */
            code?: "ALREADY_ERASED";
            /** @description Its clocks. */
            deadlines: components["schemas"]["DeadlineView"][];
            /**
             * Format: date-time
             * @description When every store, read afresh, held nothing.
             * @example 2026-11-24T18:00:00.000Z
             */
            erasedAt: string | null;
            /**
             * @description Whether it has ended.
             * @example false
             */
            final: boolean;
            /**
             * Format: date-time
             * @description When it ended; null while it has not.
             * @example 2026-11-24T18:00:00.000Z
             */
            finishedAt: string | null;
            /** @description What is special about it. */
            flags: string[];
            /** @description Every move of its life, the oldest first. */
            history: components["schemas"]["TransitionView"][];
            /** @description The active holds on its subject, shown to whoever may release them. */
            holds: components["schemas"]["ActiveHoldView"][];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * Format: uuid
             * @description Who gave it; null for the registration of the credential itself.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            instructorId: string | null;
            /** @description Of an EXPORT or a RETURN, as long as there is one. */
            package?: components["schemas"]["PackageView"];
            /**
             * @description The policy it is judged by.
             * @example 2026-11-23.1
             */
            policyVersion: string;
            /**
             * @description Where the receipt is, once it has ended.
             * @example text
             */
            receiptUrl: string | null;
            /**
             * Format: date-time
             * @description From here on no older copy of anything can be read.
             * @example 2026-11-24T18:00:00.000Z
             */
            sealedAt: string | null;
            /**
             * @description Where it stands.
             * @example RECEIVED
             */
            state: components["schemas"]["InstructionState"];
            /** @description The parts of its execution. */
            steps: components["schemas"]["StepView"][];
            /** @description The person it is about; null when nobody of that name is held. */
            subject: components["schemas"]["InstructionSubjectView"] | null;
            /** @description Of a RETURN, once its package is made. */
            transfer?: components["schemas"]["TransferView"];
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
            /**
             * Format: date-time
             * @description Since when it is so.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableAt: string | null;
            /**
             * Format: date-time
             * @description By when no right guess of an identity can be confirmed from any copy any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unguessableDueAt: string | null;
            /**
             * Format: date-time
             * @description When the last living copy could not be read any more.
             * @example 2026-11-24T18:00:00.000Z
             */
            unreadableAt: string | null;
            /**
             * @description Whether it is carried out before others.
             * @example false
             */
            urgent: boolean;
        };
        /** @description A PERSON has a name, a CREDENTIAL an apiClientId. */
        InstructorBody: {
            /**
             * Format: uuid
             * @description Our id of the API client.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            apiClientId?: string;
            /**
             * @description What may be instructed.
             * @example [
             *       "DELETE"
             *     ]
             */
            authority: components["schemas"]["InstructionType"][];
            /** @example PERSON */
            kind: components["schemas"]["InstructorKind"];
            /**
             * @description Sealed under a key of its own; never in the log.
             * @example Ida Invented
             */
            name?: string;
            /**
             * @description In which role the data is held.
             * @example PRIVACY_OFFICER
             */
            role: string;
            /**
             * Format: date-time
             * @description Now when left out.
             * @example 2026-11-24T18:00:00Z
             */
            validFrom?: string;
            /**
             * Format: date-time
             * @description The first instant after it.
             * @example null
             */
            validTo?: string | null;
        };
        /**
         * @example PERSON
         * @enum {string}
         */
        InstructorKind: "PERSON" | "CREDENTIAL";
        InstructorPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["InstructorView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        InstructorView: {
            /**
             * Format: uuid
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            apiClientId: string | null;
            authority: components["schemas"]["InstructionType"][];
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /** @example PERSON */
            kind: components["schemas"]["InstructorKind"];
            /**
             * @description Its name.
             * @example text
             */
            name: string | null;
            /**
             * Format: date-time
             * @description When it was revoked; null while it is good.
             * @example 2026-11-24T18:00:00.000Z
             */
            revokedAt: string | null;
            /**
             * @description In which role the data is held.
             * @example PRIVACY_OFFICER
             */
            role: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            validFrom: string;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            validTo: string | null;
        };
        InventoryElementView: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * @description How many values of it are held.
             * @example 1
             */
            count: number;
            /**
             * @description Which data element it is.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            /**
             * @description What the value may be used for.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["PurposeCode"];
            /**
             * @description Whether it is sensitive personal information (Civ. Code 1798.140(ae)).
             * @example NO
             * @enum {string}
             */
            sensitive: "NO" | "YES" | "CONDITIONAL";
            /**
             * @description Where the value came from.
             * @example CLIENT_OR_AGENT
             */
            source: components["schemas"]["SourceCode"];
        };
        InventoryView: {
            /**
             * @description True from the start of an erasure on.
             * @example false
             */
            beingErased: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /** @description Data elements. */
            elements: components["schemas"]["InventoryElementView"][];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description ISO 3166-2 code of the residence; null when not known.
             * @example text
             */
            residency: string | null;
            /**
             * @description In which role the data is held.
             * @example SERVICE_PROVIDER
             * @enum {string}
             */
            role: "SERVICE_PROVIDER" | "BUSINESS";
        };
        JwksBody: {
            /** @description Ed25519, P-256 or RSA of 2048 to 4096 bits, each with a `kid` of its own. */
            keys: ({
                /**
                 * @description The name of the key.
                 * @example text
                 */
                kid: string;
                /**
                 * @description The kind of key.
                 * @example OKP
                 * @enum {string}
                 */
                kty: "OKP" | "EC" | "RSA";
            } & {
                [key: string]: unknown;
            })[];
        };
        JwksView: {
            /** @description The newest signs; all verify. */
            keys: components["schemas"]["TokenKeyView"][];
        };
        KeySetView: {
            /** @description All are good at once. */
            keys: components["schemas"]["PublicKeyView"][];
        };
        LiveView: {
            /**
             * @description Where it stands.
             * @example LIVE
             * @enum {string}
             */
            status: "LIVE";
        };
        LogKeysView: {
            /** @description The newest first; none before the first checkpoint. */
            keys: components["schemas"]["LogKeyView"][];
        };
        LogKeyView: {
            /**
             * Format: date-time
             * @description Since when it signs; null where nobody wrote it down.
             * @example 2026-11-24T18:00:00.000Z
             */
            from: string | null;
            /**
             * Format: date-time
             * @description Until when it signed; null while it signs.
             * @example 2026-11-24T18:00:00.000Z
             */
            until: string | null;
            /**
             * @description The key as a verifier pins it (C2SP signed-note, "Verifier keys").
             * @example personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a+0b7de0ae+AZPvF5tqOUX2Ls7q7u4xFMrJmDmNQXHkRfLbRBkOuZ8q
             */
            vkey: string;
        };
        /** @description Exactly one of the two. */
        LookbackBody: {
            /**
             * @description As far as the law reaches.
             * @example true
             * @enum {boolean}
             */
            all?: true;
            /**
             * Format: date
             * @description Collected on this day or later, where your policy has its days.
             * @example 2024-05-01
             */
            from?: string;
        };
        /** @description Exactly one of the two. */
        LookupBody: {
            /**
             * @description The Business's own reference for the person.
             * @example cust-4711
             */
            externalId?: string;
            /** @description What the person is known by. */
            identity?: components["schemas"]["IdentityBody"];
        };
        /**
         * @example EMAIL
         * @enum {string}
         */
        Manner: "EMAIL" | "WEB_FORM" | "PHONE" | "MAIL" | "IN_PERSON" | "ACCOUNT" | "LIVE_CHAT" | "OTHER";
        MemberProblemView: {
            /**
             * @description The rule that was broken.
             * @example matches
             */
            code: string;
            /**
             * @description What the member must be. Never what was sent.
             * @example text
             */
            message: string;
            /**
             * @description JSON pointer (RFC 6901).
             * @example /records/0/element
             */
            pointer: string;
        };
        MetadataView: {
            /** @description Clients act for themselves (RFC 6749, section 4.4). */
            grant_types_supported: "client_credentials"[];
            /**
             * Format: uri
             * @description The issuer identifier: `iss` and `aud` of access tokens, `aud` of assertions.
             * @example https://api.personr.example
             */
            issuer: string;
            /**
             * Format: uri
             * @description Where the keys are that verify access tokens.
             * @example https://api.personr.example/.well-known/jwks.json
             */
            jwks_uri: string;
            /** @description None: there is no authorization endpoint. */
            response_types_supported: string[];
            /** @description Every scope there is. */
            scopes_supported: components["schemas"]["Scope"][];
            /**
             * Format: uri
             * @description This contract, to be read.
             * @example https://api.personr.example/docs
             */
            service_documentation: string;
            /**
             * Format: uri
             * @description Where tokens are given.
             * @example https://api.personr.example/oauth/token
             */
            token_endpoint: string;
            /** @description How a client may sign in; each in the one way it was registered for. */
            token_endpoint_auth_methods_supported: components["schemas"]["AuthMethod"][];
            /** @description How an assertion may be signed. Ed25519 is EdDSA by its name in RFC 9864. */
            token_endpoint_auth_signing_alg_values_supported: ("EdDSA" | "ES256" | "RS256" | "Ed25519")[];
        };
        MetricsView: {
            /**
             * Format: date-time
             * @description Its first instant.
             * @example 2026-11-24T18:00:00.000Z
             */
            from: string;
            /**
             * Format: date-time
             * @description The first instant of the next.
             * @example 2026-11-24T18:00:00.000Z
             */
            to: string;
            /** @description By type; one without requests is left out. */
            types: components["schemas"]["TypeMetricsView"][];
            /**
             * @description The calendar year.
             * @example 2026
             */
            year: number;
            /**
             * @description In whose calendar (IANA).
             * @example America/Los_Angeles
             */
            zone: string;
        };
        NewApiClientBody: {
            /** @description The public keys it signs in with, by value. Several are good at once: add the new, then take the old away. */
            jwks?: components["schemas"]["JwksBody"];
            /**
             * Format: uri
             * @description Where it publishes its public keys: https on the usual port of a host on the internet. A key that is taken down there is refused ten minutes later at most.
             * @example https://keys.business.example/jwks.json
             */
            jwksUri?: string;
            /**
             * @description For your own eyes; it is not in the log. Letters, digits, blanks, `.`, `_`, `-`.
             * @example onboarding service
             */
            name: string;
            /**
             * @description What it may do. Nobody gives what its own token does not hold.
             * @example [
             *       "subjects:write"
             *     ]
             */
            scopes: components["schemas"]["Scope"][];
        };
        NewEndpointBody: {
            /**
             * @description For your own eyes; it is sealed, and not in the log. Letters, digits, blanks, `.`, `_`, `-`.
             * @example archive of the compliance team
             */
            name: string;
            place: components["schemas"]["EndpointPlaceBody"];
        };
        NewSecretBody: {
            /**
             * @description How long the secret before stays good, at most 30 days; 0 ends it at once.
             * @example 86400
             */
            overlapSeconds: number;
        };
        NoticeBody: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * @example [
             *       "IDENTITY_VERIFICATION"
             *     ]
             */
            purposes: components["schemas"]["PurposeCode"][];
            /**
             * Format: date
             * @description The date it shows. In force from the beginning of that day in California, or from now.
             * @example 2027-01-01
             */
            version: string;
        };
        /**
         * @description Of the version in force: due within 30 days, or overdue.
         * @example NOTICE_REVIEW_DUE
         * @enum {string}
         */
        NoticeFlag: "NOTICE_REVIEW_DUE" | "NOTICE_REVIEW_OVERDUE";
        NoticePageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["NoticeView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        NoticeView: {
            /** @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter. */
            categories: components["schemas"]["Category"][];
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /** @description Of the version in force: due within 30 days, or overdue. */
            flags: components["schemas"]["NoticeFlag"][];
            /**
             * Format: date
             * @description The house's version it was judged by.
             * @example 2026-11-24
             */
            houseVersion: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description Whether it is the version that intake is judged by now.
             * @example false
             */
            inForce: boolean;
            /**
             * Format: date-time
             * @example 2026-11-24T18:00:00.000Z
             */
            inForceFrom: string;
            purposes: components["schemas"]["PurposeCode"][];
            /**
             * Format: date
             * @description The last day for its yearly review.
             * @example 2027-11-23
             */
            reviewDueOn: string;
            /**
             * Format: date
             * @example 2026-11-23
             */
            version: string;
        };
        OpenedRecordsView: {
            /** @description The values, one by one. */
            records: components["schemas"]["OpenedRecordView"][];
        };
        OpenedRecordView: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * Format: date-time
             * @description When the value was collected.
             * @example 2026-11-24T18:00:00.000Z
             */
            collectedAt: string;
            /**
             * @description Which data element it is.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description What the value may be used for.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["PurposeCode"];
            /**
             * @description Where the value came from.
             * @example CLIENT_OR_AGENT
             */
            source: components["schemas"]["SourceCode"];
            /** @description What was taken in. */
            value: string | number | boolean | unknown[] | {
                [key: string]: unknown;
            };
        };
        PackageView: {
            /**
             * Format: date-time
             * @description Until when it can be taken; null: until what it holds is erased.
             * @example 2026-11-24T18:00:00.000Z
             */
            expiresAt: string | null;
            /**
             * @description SHA-256 of its `manifest.json`, in hex.
             * @example text
             */
            manifestSha256: string;
            /** @example 1 */
            sizeBytes: number;
            /**
             * @description Where it stands.
             * @example READY
             * @enum {string}
             */
            state: "READY" | "EXPIRED";
        };
        PolicyBody: {
            /**
             * @description Values by their names. Looser than the law is refused: POLICY_BELOW_LAW names the value.
             * @example {
             *       "consentRequired": true,
             *       "contractExecutionDays": 14
             *     }
             */
            values: {
                [key: string]: unknown;
            };
        };
        PolicyPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["PolicyView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        PolicyView: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string | null;
            /** @example 0 */
            edition: number;
            /**
             * Format: uuid
             * @description Null while the house's own values hold.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string | null;
            /**
             * @description Values by their names. Looser than the law is refused: POLICY_BELOW_LAW names the value.
             * @example {
             *       "ackBusinessDays": 10,
             *       "ackCalendar": "EARLIEST_OF_BOTH",
             *       "agentNaturalPerson": true,
             *       "answerChannel": "SAME_AS_REQUEST",
             *       "approval": "AUTOMATIC",
             *       "backupErasure": "IMMEDIATE",
             *       "cannotComplyNoticeBusinessDays": 5,
             *       "categoriesVerification": "REASONABLE",
             *       "consentRequired": false,
             *       "contractExecutionDays": 30,
             *       "deadlineZone": "America/Los_Angeles",
             *       "deleteScope": "ALL_HELD",
             *       "deleteVerification": "BY_SENSITIVITY",
             *       "enabledTypes": [
             *         "DELETE",
             *         "EXPORT",
             *         "RETURN"
             *       ],
             *       "exceptionSet": [
             *         "EX_TRANSACTION",
             *         "EX_SECURITY",
             *         "EX_DEBUG",
             *         "EX_SPEECH_OR_RIGHT",
             *         "EX_CALECPA",
             *         "EX_RESEARCH",
             *         "EX_INTERNAL",
             *         "EX_LEGAL",
             *         "EX_COURT",
             *         "EX_INQUIRY",
             *         "EX_CLAIMS",
             *         "EX_EMERGENCY",
             *         "EX_LE_DIRECTION",
             *         "EX_PRIVILEGE",
             *         "EX_MEDICAL",
             *         "EX_FCRA",
             *         "EX_GLBA",
             *         "EX_DPPA",
             *         "EX_HOUSEHOLD",
             *         "EX_OTHERS",
             *         "EX_UNVERIFIED",
             *         "EX_UNFOUNDED"
             *       ],
             *       "knowLimitCount": 2,
             *       "knowLimitMonths": 12,
             *       "knowLimitScope": "SPECIFIC_PIECES",
             *       "lookback": "REQUESTED",
             *       "lookbackFloor": "2022-01-01",
             *       "maxDays": 90,
             *       "packageExpiryDays": 7,
             *       "piecesVerification": "REASONABLY_HIGH",
             *       "recordMonths": 24,
             *       "requireSosRegistration": false,
             *       "responseDays": 45,
             *       "rollOnHoliday": false,
             *       "subprocessorConfirmDays": 15,
             *       "suppressionDays": 30,
             *       "transferReminderDays": [
             *         3,
             *         7,
             *         14
             *       ]
             *     }
             */
            values: {
                [key: string]: unknown;
            };
            /**
             * @description As instructions name it.
             * @example 2026-11-23.1
             */
            version: string;
        };
        /**
         * @description What a program switches on. Never renamed, never reused.
         *
         *     | code | status | means |
         *     | --- | --- | --- |
         *     | `ID_MALFORMED` | 400 | An id is a lower-case UUID of version 7. |
         *     | `BODY_MALFORMED` | 400 | The body is not JSON in UTF-8. |
         *     | `BODY_TOO_LARGE` | 413 | The body is larger than this route takes. |
         *     | `CONTENT_TYPE_UNSUPPORTED` | 415 | This route does not take that content type. |
         *     | `REQUEST_MALFORMED` | 400 | This is not HTTP/1.1, or it broke off. |
         *     | `REQUEST_TIMED_OUT` | 408 | The request did not arrive in time. |
         *     | `HEADERS_TOO_LARGE` | 431 | URL and headers together are larger than 16 KiB. |
         *     | `VALIDATION_FAILED` | 400 | The request is not as the contract says. |
         *     | `UNKNOWN_MEMBER` | 400 | The request has a member that is not in the contract. |
         *     | `CURSOR_MALFORMED` | 400 | The cursor is not one that a list gave. |
         *     | `JSON_NOT_CANONICAL` | 400 | The value cannot be written as canonical JSON. |
         *     | `ROUTE_NOT_FOUND` | 404 | There is no such route. |
         *     | `CREDENTIAL_MISSING` | 401 | This route needs a bearer token. POST /oauth/token gives one. |
         *     | `CREDENTIAL_INVALID` | 401 | The bearer token is not one of ours. |
         *     | `TOKEN_EXPIRED` | 401 | The token has expired. Ask for a new one. |
         *     | `SCOPE_MISSING` | 403 | The token does not hold the scope that this route needs. |
         *     | `GRANT_UNSUPPORTED` | 400 | grant_type must be client_credentials. |
         *     | `API_CLIENT_NOT_FOUND` | 404 | There is no such API client. |
         *     | `API_CLIENT_REVOKED` | 409 | The API client is revoked for good. Register another. |
         *     | `CLIENT_SECRET_NOT_FOUND` | 404 | The API client has no such secret. |
         *     | `CLIENT_SECRETS_FULL` | 409 | Two secrets are good now. Remove one, or wait for its end. |
         *     | `CLIENT_METHOD_MISMATCH` | 409 | The API client signs in in another way, and will not change it. |
         *     | `CREDENTIAL_AMBIGUOUS` | 400 | Send either an Authorization header or an assertion. |
         *     | `KEY_SET_REFUSED` | 422 | The key set, or the URL of one, is not one that is taken. |
         *     | `LAST_ADMIN` | 409 | No API client that can sign in would hold the scope admin any more. |
         *     | `SCOPE_NOT_GRANTABLE` | 403 | Your own token does not hold a scope that you would give. |
         *     | `IDEMPOTENCY_KEY_MALFORMED` | 400 | An Idempotency-Key is 1 to 255 visible characters. |
         *     | `IDEMPOTENCY_CONFLICT` | 409 | The key was used for another request. |
         *     | `IDEMPOTENCY_IN_PROGRESS` | 409 | The first request of this key is still running. Ask again shortly. |
         *     | `ELEMENT_UNKNOWN` | 422 | There is no data element of that name. |
         *     | `CATEGORY_NOT_IN_NOTICE` | 422 | The notice does not list a category that the element belongs to. |
         *     | `PURPOSE_NOT_IN_NOTICE` | 422 | The purpose is not one that the notice lists. |
         *     | `PURPOSE_NOT_PERMITTED` | 403 | A service provider may not use values for that purpose. |
         *     | `RESTRICTED_BY_HOLD` | 403 | An erasure left this standing because of a hold. It is read for the ground of the hold alone: send that as the purpose. |
         *     | `SUBJECT_NOT_FOUND` | 404 | There is no such subject. |
         *     | `SUBJECT_AMBIGUOUS` | 409 | The identities lead to more than one subject. |
         *     | `SUBJECT_BEING_ERASED` | 409 | The subject is being erased. |
         *     | `ALREADY_ERASED` | 409 | The subject is erased already. |
         *     | `SUPPRESSED_REINGEST` | 409 | The person was erased and is not taken in again. |
         *     | `AGREEMENT_NOT_IN_FORCE` | 422 | There is no agreement in force that covers this. |
         *     | `AGREEMENT_TERMS_INCOMPLETE` | 422 | The agreement lacks terms that a Service Provider Agreement must have. |
         *     | `AGREEMENT_NOT_FOUND` | 404 | There is no such agreement. |
         *     | `AGREEMENT_NOT_LATER` | 422 | A further agreement begins after every earlier one, and not in the past. |
         *     | `AGREEMENT_ENDED` | 409 | This agreement has ended. |
         *     | `AGREEMENT_END_INVALID` | 422 | An end is now or later, not before the agreement begins, and before the end it has. |
         *     | `NOTICE_NOT_FOUND` | 404 | There is no such version of the notice. |
         *     | `NOTICE_NOT_LATER` | 422 | A further version is dated after every earlier one, and not in the past. |
         *     | `INSTRUCTOR_NOT_FOUND` | 404 | There is no such instructor. |
         *     | `POLICY_BELOW_LAW` | 422 | A policy may ask for more than the law does, not for less. |
         *     | `ROLE_NOT_OF_TENANT` | 422 | The data of a tenant is held in one role, and this is not it. |
         *     | `CONSENT_MISSING` | 422 | A value needs the consent it is taken in under. |
         *     | `CONSENT_NOT_FOUND` | 404 | There is no such consent of this subject. |
         *     | `CONSENT_WITHDRAWN` | 422 | This consent was withdrawn. It admits nothing more. |
         *     | `CONSENT_IN_FUTURE` | 422 | A consent cannot have been given in the future. |
         *     | `DOCUMENT_NOT_FOUND` | 404 | There is no such document. |
         *     | `DOCUMENT_EMPTY` | 422 | A document has at least one byte. |
         *     | `BODY_INCOMPLETE` | 400 | The body is shorter or longer than its Content-Length says. |
         *     | `BODY_STALLED` | 408 | The body stopped coming before its end. |
         *     | `DIGEST_REQUIRED` | 400 | An upload with an Idempotency-Key needs the Content-Digest of its bytes. |
         *     | `DIGEST_MISMATCH` | 422 | The bytes that came are not those that Content-Digest names. |
         *     | `RANGE_NOT_SATISFIABLE` | 416 | The document does not have that range. |
         *     | `UPLOAD_INTERRUPTED` | 503 | The upload broke off. Nothing of it is held; send it again. |
         *     | `UPLOADS_FULL` | 429 | As many uploads as you may have at once are under way. Retry-After says when to come again. |
         *     | `OBJECT_MISSING` | 500 | A stored object is not where it was put. |
         *     | `AUDIENCE_REQUIRED` | 422 | An export says for whom it is and what it holds. |
         *     | `KNOW_LIMIT_REACHED` | 409 | The consumer has had as many answers within twelve months as the law owes. |
         *     | `FORBIDDEN_VALUE_IN_EXPORT` | 500 | The package would hold a value that may not be disclosed. It is not released. |
         *     | `PACKAGE_NOT_FOUND` | 404 | This instruction has no package. |
         *     | `PACKAGE_EXPIRED` | 410 | The package can no longer be taken. Order another. |
         *     | `DOWNLOAD_LIMIT_REACHED` | 409 | The package was taken as often as it may be. Order another. |
         *     | `MANIFEST_MISMATCH` | 409 | That is not the manifest of the package that was sent. It is built anew; take it again. |
         *     | `TRANSFER_NOT_ACKNOWLEDGED` | 409 | Something that was returned has not been acknowledged yet. Acknowledge it first. |
         *     | `ENDPOINT_REFUSED` | 422 | The endpoint is not one that can be delivered to, by its address. |
         *     | `ENDPOINT_NOT_FOUND` | 404 | There is no such endpoint. |
         *     | `ENDPOINT_REVOKED` | 409 | The endpoint was revoked. Register another. |
         *     | `ENDPOINT_NOT_PROVED` | 409 | Nobody has shown yet that the endpoint is yours: ask for a challenge and answer it. |
         *     | `CHALLENGE_NOT_OPEN` | 409 | There is no challenge to answer: none was sent, its time is up, or it is used up. Ask for one. |
         *     | `CHALLENGE_WRONG` | 422 | That is not the code that was written to the endpoint. |
         *     | `DELIVERY_FAILED` | 502 | The endpoint did not take the package. It is tried again. |
         *     | `LINE_MALFORMED` | 400 | The line is not as the contract says. |
         *     | `LINE_TOO_LONG` | 413 | A line is 1 MiB at most. |
         *     | `BATCH_TOO_LARGE` | 413 | A batch is 100,000 lines at most. Send the rest as another. |
         *     | `STREAM_IDLE` | 408 | Nothing came for too long. |
         *     | `METHOD_NOT_ALLOWED` | 405 | This path does not have that method. Allow says which it has. |
         *     | `RATE_LIMITED` | 429 | More was asked for than the quota allows. Come again after the seconds that Retry-After says. |
         *     | `PRECONDITION_FAILED` | 412 | It has changed since you read it. Read it again. |
         *     | `PRECONDITION_REQUIRED` | 428 | Send If-Match with the ETag of what you are editing. |
         *     | `INSTRUCTION_NOT_FOUND` | 404 | There is no such instruction. |
         *     | `INSTRUCTION_NOT_WRITTEN` | 422 | An instruction must be in writing: as text, or as the hash of a signed document. |
         *     | `INSTRUCTOR_NOT_AUTHORISED` | 403 | That instructor may not give this instruction. |
         *     | `TYPE_NOT_ENABLED` | 422 | Instructions of this type are not enabled. |
         *     | `SCOPE_INVALID` | 422 | The scope cannot be carried out as it stands. |
         *     | `RECEIPT_IN_FUTURE` | 422 | The consumer’s request cannot have been received after now. |
         *     | `NOT_VERIFIED` | 409 | The consumer’s identity was not verified. |
         *     | `VERIFICATION_LEVEL_TOO_LOW` | 409 | The identity was verified to a lower degree than this needs. |
         *     | `DECLARATION_MISSING` | 409 | This needs a declaration signed under penalty of perjury. |
         *     | `ILLEGAL_TRANSITION` | 409 | The instruction cannot go there from where it stands. |
         *     | `NOT_FINISHED` | 409 | It has not ended yet. Ask again after the seconds that Retry-After says. |
         *     | `KEY_SHREDDED` | 410 | The key is destroyed. What was sealed under it cannot be read by anybody. |
         *     | `SEAL_BROKEN` | 500 | A sealed value is not as it was written. |
         *     | `KEYRING_INCOMPLETE` | 503 | The keyring is not whole. Nothing is sealed or opened until it is. |
         *     | `KEYRING_UNSAFE` | 503 | The keyring can be read by others. Nothing is sealed or opened until it cannot. |
         *     | `KEY_STORE_STALE` | 503 | The key store is older than the keyring. Nothing is sealed or opened. |
         *     | `ERASURE_INCOMPLETE` | 500 | A store still holds something. |
         *     | `RESIDUAL_DATA_FOUND` | 500 | The search after an erasure found something left. |
         *     | `BACKUP_COPY_REMAINS` | 500 | A copy of the stores remains that could be read. |
         *     | `EXCEPTION_GROUND_UNKNOWN` | 422 | There is no such ground for keeping. |
         *     | `EXCEPTION_SCOPE_TOO_WIDE` | 422 | On this ground not everything can be kept. |
         *     | `HOLD_TERM_INVALID` | 422 | A hold needs an end or a review in the future. |
         *     | `HOLD_NOT_FOUND` | 404 | There is no such hold. |
         *     | `HOLD_ENDED` | 409 | The hold has ended already. |
         *     | `TENANT_LEAVING` | 409 | Everything is being returned or erased by the order of the Business. Nothing more is taken in. |
         *     | `LEASE_LOST` | 409 | Another process has taken this work over. |
         *     | `ENTRY_TOO_LARGE` | 422 | What the log would have to hold is too large. |
         *     | `LOG_FORKED` | 503 | The log does not fit what was signed before. Nothing is signed. |
         *     | `LOG_BEHIND` | 503 | More of the log was signed than is held here. Nothing is signed until it is imported. |
         *     | `AUDIT_CHAIN_BROKEN` | 503 | Part of the log is not what was signed. |
         *     | `RECORD_RETENTION` | 409 | Records of requests are kept for at least 24 months from the answer. |
         *     | `ENTRIES_PRUNED` | 410 | These entries went at the end of their retention. Their hashes stay. |
         *     | `EVIDENCE_MISSING` | 503 | The evidence store lacks what was signed. Nothing is signed until it has it. |
         *     | `EVIDENCE_NOT_FOUND` | 404 | The log has no such tile or bundle. |
         *     | `RECORD_INCOMPLETE` | 422 | The record lacks one of the six facts that must be kept of every request. |
         *     | `PROOF_INVALID` | 422 | The proof does not hold. |
         *     | `NOTE_MALFORMED` | 422 | The signed note cannot be read. |
         *     | `KEY_MALFORMED` | 500 | A key cannot be read. |
         *     | `RESTORE_REPLAY_PENDING` | 503 | An older copy of the data was restored. The service opens when every erasure since is done again. |
         *     | `RESTORE_REFUSED` | 500 | This cannot be restored here. Nothing was changed. |
         *     | `BACKUP_INCOMPLETE` | 500 | The backup was broken off before its end. |
         *     | `BACKUP_BROKEN` | 500 | A part of the backup is not as it was written. |
         *     | `MIGRATION_EDITED` | 500 | A migration was edited after it ran. |
         *     | `MIGRATION_FAILED` | 500 | A migration failed. |
         *     | `CONFIG_INVALID` | 500 | The configuration is not right. |
         *     | `START_UNSAFE` | 500 | Values could be written down on the side. |
         *     | `SERVICE_UNAVAILABLE` | 503 | Something this needs does not answer. Try again. |
         *     | `INTERNAL` | 500 | Something went wrong on our side. |
         * @example ID_MALFORMED
         * @enum {string}
         */
        ProblemCode: "ID_MALFORMED" | "BODY_MALFORMED" | "BODY_TOO_LARGE" | "CONTENT_TYPE_UNSUPPORTED" | "REQUEST_MALFORMED" | "REQUEST_TIMED_OUT" | "HEADERS_TOO_LARGE" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED" | "JSON_NOT_CANONICAL" | "ROUTE_NOT_FOUND" | "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED" | "SCOPE_MISSING" | "GRANT_UNSUPPORTED" | "API_CLIENT_NOT_FOUND" | "API_CLIENT_REVOKED" | "CLIENT_SECRET_NOT_FOUND" | "CLIENT_SECRETS_FULL" | "CLIENT_METHOD_MISMATCH" | "CREDENTIAL_AMBIGUOUS" | "KEY_SET_REFUSED" | "LAST_ADMIN" | "SCOPE_NOT_GRANTABLE" | "IDEMPOTENCY_KEY_MALFORMED" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "PURPOSE_NOT_PERMITTED" | "RESTRICTED_BY_HOLD" | "SUBJECT_NOT_FOUND" | "SUBJECT_AMBIGUOUS" | "SUBJECT_BEING_ERASED" | "ALREADY_ERASED" | "SUPPRESSED_REINGEST" | "AGREEMENT_NOT_IN_FORCE" | "AGREEMENT_TERMS_INCOMPLETE" | "AGREEMENT_NOT_FOUND" | "AGREEMENT_NOT_LATER" | "AGREEMENT_ENDED" | "AGREEMENT_END_INVALID" | "NOTICE_NOT_FOUND" | "NOTICE_NOT_LATER" | "INSTRUCTOR_NOT_FOUND" | "POLICY_BELOW_LAW" | "ROLE_NOT_OF_TENANT" | "CONSENT_MISSING" | "CONSENT_NOT_FOUND" | "CONSENT_WITHDRAWN" | "CONSENT_IN_FUTURE" | "DOCUMENT_NOT_FOUND" | "DOCUMENT_EMPTY" | "BODY_INCOMPLETE" | "BODY_STALLED" | "DIGEST_REQUIRED" | "DIGEST_MISMATCH" | "RANGE_NOT_SATISFIABLE" | "UPLOAD_INTERRUPTED" | "UPLOADS_FULL" | "OBJECT_MISSING" | "AUDIENCE_REQUIRED" | "KNOW_LIMIT_REACHED" | "FORBIDDEN_VALUE_IN_EXPORT" | "PACKAGE_NOT_FOUND" | "PACKAGE_EXPIRED" | "DOWNLOAD_LIMIT_REACHED" | "MANIFEST_MISMATCH" | "TRANSFER_NOT_ACKNOWLEDGED" | "ENDPOINT_REFUSED" | "ENDPOINT_NOT_FOUND" | "ENDPOINT_REVOKED" | "ENDPOINT_NOT_PROVED" | "CHALLENGE_NOT_OPEN" | "CHALLENGE_WRONG" | "DELIVERY_FAILED" | "LINE_MALFORMED" | "LINE_TOO_LONG" | "BATCH_TOO_LARGE" | "STREAM_IDLE" | "METHOD_NOT_ALLOWED" | "RATE_LIMITED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "INSTRUCTION_NOT_FOUND" | "INSTRUCTION_NOT_WRITTEN" | "INSTRUCTOR_NOT_AUTHORISED" | "TYPE_NOT_ENABLED" | "SCOPE_INVALID" | "RECEIPT_IN_FUTURE" | "NOT_VERIFIED" | "VERIFICATION_LEVEL_TOO_LOW" | "DECLARATION_MISSING" | "ILLEGAL_TRANSITION" | "NOT_FINISHED" | "KEY_SHREDDED" | "SEAL_BROKEN" | "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "ERASURE_INCOMPLETE" | "RESIDUAL_DATA_FOUND" | "BACKUP_COPY_REMAINS" | "EXCEPTION_GROUND_UNKNOWN" | "EXCEPTION_SCOPE_TOO_WIDE" | "HOLD_TERM_INVALID" | "HOLD_NOT_FOUND" | "HOLD_ENDED" | "TENANT_LEAVING" | "LEASE_LOST" | "ENTRY_TOO_LARGE" | "LOG_FORKED" | "LOG_BEHIND" | "AUDIT_CHAIN_BROKEN" | "RECORD_RETENTION" | "ENTRIES_PRUNED" | "EVIDENCE_MISSING" | "EVIDENCE_NOT_FOUND" | "RECORD_INCOMPLETE" | "PROOF_INVALID" | "NOTE_MALFORMED" | "KEY_MALFORMED" | "RESTORE_REPLAY_PENDING" | "RESTORE_REFUSED" | "BACKUP_INCOMPLETE" | "BACKUP_BROKEN" | "MIGRATION_EDITED" | "MIGRATION_FAILED" | "CONFIG_INVALID" | "START_UNSAFE" | "SERVICE_UNAVAILABLE" | "INTERNAL";
        ProblemView: {
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example SUBJECT_NOT_FOUND
             */
            code: components["schemas"]["ProblemCode"];
            /**
             * @description A sentence for the person who reads it. Never a submitted value.
             * @example There is no such subject.
             */
            detail: string;
            /** @description The refused members, one by one. */
            errors?: components["schemas"]["MemberProblemView"][];
            /**
             * @description The request id, as a URN.
             * @example text
             */
            instance: string;
            /**
             * @description Where it stands.
             * @example 404
             */
            status: number;
            /**
             * @description The name of the HTTP status.
             * @example Not Found
             */
            title: string;
            /**
             * @description What kind it is.
             * @example urn:personr:problem:subject-not-found
             */
            type: string;
        };
        ProofBody: {
            /**
             * @description What stands in the file that was written to the endpoint.
             * @example pk3Rz0fJm1cQy7vT5uB2xWnL8aHd4eGs6iKo9rYtUqE
             */
            code: string;
        };
        PublicKeyView: {
            /**
             * @description How it signs.
             * @example EdDSA
             * @enum {string}
             */
            alg: "EdDSA" | "ES256" | "RS256";
            /**
             * @description The curve, of an Ed25519 or P-256 key.
             * @example Ed25519
             */
            crv?: string;
            /**
             * @description The exponent of an RSA key, base64url.
             * @example AQAB
             */
            e?: string;
            /**
             * @description Its name in the header of an assertion.
             * @example 2026-11
             */
            kid: string;
            /**
             * @description What kind of key it is.
             * @example OKP
             * @enum {string}
             */
            kty: "OKP" | "EC" | "RSA";
            /**
             * @description The modulus of an RSA key, base64url.
             * @example 0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W
             */
            n?: string;
            /**
             * @description The key itself, or half of its point, base64url.
             * @example 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
             */
            x?: string;
            /**
             * @description The other half of the point, base64url.
             * @example x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0
             */
            y?: string;
        };
        /**
         * @example IDENTITY_VERIFICATION
         * @enum {string}
         */
        PurposeCode: "IDENTITY_VERIFICATION" | "AML_CFT_COMPLIANCE" | "CLIENT_DUE_DILIGENCE" | "SECURITY_AND_FRAUD" | "LEGAL_OBLIGATION" | "INFORMATION_REQUEST" | "FORM_REQUEST" | "COMPLIANCE_MAIL" | "CANDIDATE_EVALUATION" | "CLIENT_RELATIONSHIP" | "CUSTOMER_ACCOUNT" | "DEMONSTRATION" | "WEBSITE_PREFERENCES" | "WEBSITE_CONTENT" | "WEBSITE_ADVERTISING" | "WEBSITE_FRAUD_PREVENTION" | "WEBSITE_ANALYTICS";
        ReadBody: {
            /**
             * @description All that may be read for the purpose when left out.
             * @example [
             *       "FULL_NAME"
             *     ]
             */
            elements?: components["schemas"]["ElementCode"][];
            /**
             * @description A purpose; or the ground of a hold, and what is read is what its holds kept from an erasure. For any other purpose that is refused, 403 `RESTRICTED_BY_HOLD`.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["ReadPurpose"];
        };
        /**
         * @description A purpose; or the ground of a hold, and what is read is what its holds kept from an erasure. For any other purpose that is refused, 403 `RESTRICTED_BY_HOLD`.
         * @example IDENTITY_VERIFICATION
         * @enum {string}
         */
        ReadPurpose: "IDENTITY_VERIFICATION" | "AML_CFT_COMPLIANCE" | "CLIENT_DUE_DILIGENCE" | "SECURITY_AND_FRAUD" | "LEGAL_OBLIGATION" | "INFORMATION_REQUEST" | "FORM_REQUEST" | "COMPLIANCE_MAIL" | "CANDIDATE_EVALUATION" | "CLIENT_RELATIONSHIP" | "CUSTOMER_ACCOUNT" | "DEMONSTRATION" | "WEBSITE_PREFERENCES" | "WEBSITE_CONTENT" | "WEBSITE_ADVERTISING" | "WEBSITE_FRAUD_PREVENTION" | "WEBSITE_ANALYTICS" | "EX_TRANSACTION" | "EX_SECURITY" | "EX_DEBUG" | "EX_SPEECH_OR_RIGHT" | "EX_CALECPA" | "EX_RESEARCH" | "EX_INTERNAL" | "EX_LEGAL" | "EX_COURT" | "EX_INQUIRY" | "EX_CLAIMS" | "EX_EMERGENCY" | "EX_LE_DIRECTION" | "EX_PRIVILEGE" | "EX_MEDICAL" | "EX_FCRA" | "EX_GLBA" | "EX_DPPA" | "EX_HOUSEHOLD" | "EX_OTHERS" | "EX_UNVERIFIED" | "EX_UNFOUNDED";
        ReadyView: {
            /** @description What it leans on, by name, and whether that answers. */
            checks: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /**
             * @description Where it stands.
             * @example READY
             * @enum {string}
             */
            status: "READY" | "NOT_READY";
        };
        ReceiptAnchorView: {
            /**
             * @description The tlog-proof of its entry, under a checkpoint of the meta-log.
             * @example text
             */
            proof: string;
            /**
             * @description Base64 of 32 bytes.
             * @example text
             */
            salt: string;
        };
        /**
         * @example json
         * @enum {string}
         */
        ReceiptFormat: "json" | "tlog-proof" | "html";
        ReceiptView: {
            /** @description That the meta-log holds the checkpoint; null while it does not. */
            anchor: components["schemas"]["ReceiptAnchorView"] | null;
            /**
             * @description Whether witnesses outside Personr have cosigned the meta-log that holds the checkpoint. Fetched again later, a receipt has more of it.
             * @example PENDING
             * @enum {string}
             */
            anchoring: "PENDING" | "COSIGNED";
            /** @description What the receipt says. */
            body: {
                [key: string]: unknown;
            };
            /**
             * @description Base64 of the log entry.
             * @example text
             */
            entry: string;
            /**
             * @description The format and its version.
             * @example personr.receipt/v1
             * @enum {string}
             */
            format: "personr.receipt/v1";
            /**
             * @description The entry’s tlog-proof with the signed checkpoint.
             * @example text
             */
            proof: string;
            /**
             * @description Base64 of 32 bytes.
             * @example text
             */
            salt: string;
        };
        RecordBody: {
            /**
             * Format: date-time
             * @description When the value was collected.
             * @example 2026-11-23T18:00:00Z
             */
            collectedAt: string;
            /**
             * Format: uuid
             * @description The consent on record that it is taken in under.
             * @example 019ab0c4-5a00-7000-8000-000000000001
             */
            consentId?: string;
            /**
             * @description What kind of value it is; its categories follow from it.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            /**
             * @description What the value may be used for.
             * @example IDENTITY_VERIFICATION
             */
            purpose: components["schemas"]["PurposeCode"];
            /**
             * @description Where the value came from.
             * @example CLIENT_OR_AGENT
             */
            source: components["schemas"]["SourceCode"];
            /**
             * @description Any JSON value but null, of at most 65,536 characters.
             * @example Ada Invented
             */
            value: string | number | boolean | unknown[] | {
                [key: string]: unknown;
            };
        };
        ReleaseBody: {
            /**
             * @description Why, as a code.
             * @example GROUND_ENDED
             */
            reason: components["schemas"]["HoldReleaseReason"];
        };
        ReturnBody: {
            /**
             * @description A recipient of age (age-encryption.org/v1, X25519). The package leaves as a file of age, which its identity alone opens.
             * @example age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
             */
            encryptTo?: string;
            /**
             * Format: uuid
             * @description The endpoint that the package is brought to; it must be proved. Left for download when left out.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            endpointId?: string;
        };
        /**
         * @description In which role it is held: the tenant's own when left out, and no other (ROLE_NOT_OF_TENANT).
         * @example SERVICE_PROVIDER
         * @enum {string}
         */
        Role: "SERVICE_PROVIDER" | "BUSINESS";
        S3PlaceBody: {
            /**
             * @description Sealed; shown to nobody again.
             * @example AKIAINVENTED00000000
             */
            accessKeyId: string;
            /**
             * @description Its name.
             * @example returned-by-personr
             */
            bucket: string;
            /**
             * @description Certificates in PEM that alone vouch for the server. The usual authorities do when left out.
             * @example -----BEGIN CERTIFICATE-----
             *     MIIBkzCCATmgAwIBAgIUdlQg86rV2iUm3ALBausknzfeQIswCgYIKoZIzj0EAwIw
             *     HjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBDQTAgFw0yNjExMzAyMjE1Mzla
             *     GA8yMTI2MTEwNjIyMTUzOVowHjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBD
             *     QTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMbP3vaXZ+SPPqKQ5VrkJg9cEl8T
             *     nfWNVAYDNFHSltq5X93aJe8S7y4iiEBzVyR7l6zHEbw9MPM9IaIZ3HF7EkGjUzBR
             *     MB0GA1UdDgQWBBQiZ0hQ3dKDzj8MK1ejkXtAFFLQuTAfBgNVHSMEGDAWgBQiZ0hQ
             *     3dKDzj8MK1ejkXtAFFLQuTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
             *     MEUCIQDJGvX488LSPhe3ZBJ9Mu4IDiBC4yMR2bbuum6yEjOivQIgSLEOccG3FilC
             *     d4fAjix4nNOFAY7Tf5dLPWF8coB06c0=
             *     -----END CERTIFICATE-----
             */
            ca?: string;
            /**
             * @description What names of objects begin with: segments with a slash behind each. Nothing when left out.
             * @example returns/
             */
            prefix?: string;
            /**
             * @description The region of the bucket.
             * @example us-west-2
             */
            region: string;
            /**
             * @description One that may put objects is enough. Sealed; shown to nobody again.
             * @example invented-secret-of-the-bucket
             */
            secretAccessKey: string;
            /**
             * Format: uri
             * @description An https URL of the server, without a path. Amazon’s own of the region when left out.
             * @example https://s3.business.example
             */
            url?: string;
        };
        S3PlaceView: {
            /**
             * @description Its name.
             * @example returned-by-personr
             */
            bucket: string;
            /**
             * @description The certificates that alone vouch for the server; the usual authorities when null.
             * @example null
             */
            ca: string | null;
            /**
             * @description What names of objects begin with.
             * @example returns/
             */
            prefix: string;
            /**
             * @description The region of the bucket.
             * @example us-west-2
             */
            region: string;
            /**
             * Format: uri
             * @description The server.
             * @example https://s3.business.example
             */
            url: string;
        };
        /**
         * @description Every scope there is.
         * @example subjects:read
         * @enum {string}
         */
        Scope: "subjects:read" | "subjects:write" | "values:read" | "packages:read" | "instructions:read" | "instructions:write" | "instructions:approve" | "evidence:read" | "admin";
        ScopeBody: {
            /**
             * @description Data elements.
             * @example [
             *       "SELFIE",
             *       "FACE_TEMPLATE"
             *     ]
             */
            elements: components["schemas"]["ElementCode"][];
        };
        SftpPlaceBody: {
            /**
             * @description Where packages are written; it must be there. A dot is where the account begins.
             * @example incoming/personr
             */
            directory: string;
            /**
             * @description Its name in full, or its address.
             * @example sftp.business.example
             */
            host: string;
            /**
             * @description The fingerprint of the host key, as `ssh-keygen -l` shows it. Another key is not spoken to.
             * @example SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo
             */
            hostKeySha256: string;
            /**
             * @description The port; 22 when left out.
             * @default 22
             * @example 22
             */
            port: number;
            /**
             * @description Whom we sign in as.
             * @example personr
             */
            user: string;
        };
        SftpPlaceView: {
            /**
             * @description Where packages are written.
             * @example incoming/personr
             */
            directory: string;
            /**
             * @description The host.
             * @example sftp.business.example
             */
            host: string;
            /**
             * @description The fingerprint of the host key.
             * @example SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo
             */
            hostKeySha256: string;
            /**
             * @description The port.
             * @example 22
             */
            port: number;
            /**
             * @description Our key for this endpoint alone: a line for its `authorized_keys`.
             * @example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr
             */
            publicKey: string;
            /**
             * @description Whom we sign in as.
             * @example personr
             */
            user: string;
        };
        /**
         * @example CLIENT_OR_AGENT
         * @enum {string}
         */
        SourceCode: "CLIENT_OR_AGENT" | "CONSUMER_DIRECT" | "WEBSITE" | "DATA_PROVIDER";
        StepView: {
            /**
             * @description How many bytes it came to, or has come to so far; null of a step that has none.
             * @example 1
             */
            bytes: number | null;
            /**
             * @description How much of it is done.
             * @example 1
             */
            done: number;
            /**
             * @description Its name.
             * @example text
             */
            name: string;
            /**
             * @description Where it stands.
             * @example STARTED
             * @enum {string}
             */
            state: "STARTED" | "DONE";
            /**
             * @description How much there is of it.
             * @example 1
             */
            total: number;
        };
        /** @description Exactly one of the four. */
        SubjectBody: {
            /**
             * @description Everything that is held for you: a DELETE or a RETURN of basis AGREEMENT_END, which also needs the scope `admin`.
             * @example true
             * @enum {boolean}
             */
            all?: true;
            /**
             * @description The Business's own reference for the person.
             * @example cust-4711
             */
            externalId?: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id?: string;
            /** @description What the person is known by. */
            identities?: components["schemas"]["IdentityBody"][];
        };
        SubjectHoldBody: {
            /**
             * @description The law or order that it rests on. Never a word about the person.
             * @example 31 CFR 1020.220(a)(3)
             */
            citation: string;
            /**
             * @description What is kept; everything when left out, which EX_COURT, EX_LE_DIRECTION, EX_CLAIMS allow.
             * @example [
             *       "FULL_NAME",
             *       "DOCUMENT_NUMBER"
             *     ]
             */
            elements?: components["schemas"]["ElementCode"][];
            /**
             * Format: date-time
             * @description When it ends by itself, and what it keeps is erased. This or reviewAt is needed.
             * @example 2031-11-24T08:00:00Z
             */
            endsAt?: string | null;
            /**
             * @description A ground of Civ. Code 1798.105(d) or 1798.145, of EX_TRANSACTION, EX_SECURITY, EX_DEBUG, EX_SPEECH_OR_RIGHT, EX_CALECPA, EX_RESEARCH, EX_INTERNAL, EX_LEGAL, EX_COURT, EX_INQUIRY, EX_CLAIMS, EX_EMERGENCY, EX_LE_DIRECTION, EX_PRIVILEGE, EX_MEDICAL, EX_FCRA, EX_GLBA, EX_DPPA, EX_HOUSEHOLD, EX_OTHERS, EX_UNVERIFIED, EX_UNFOUNDED.
             * @example EX_LEGAL
             */
            ground: string;
            /**
             * Format: date-time
             * @description When the ground is looked at again.
             * @example 2027-11-24T08:00:00Z
             */
            reviewAt?: string | null;
            /**
             * Format: uuid
             * @description Our id of the subject.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            subjectId: string;
        };
        SubjectPageView: {
            /** @description This page, newest first. */
            items: components["schemas"]["SubjectView"][];
            /**
             * @description Sent as `cursor`, it gives the next page; null on the last.
             * @example text
             */
            nextCursor: string | null;
        };
        SubjectView: {
            /**
             * @description True from the start of an erasure on.
             * @example false
             */
            beingErased: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-24T18:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description ISO 3166-2 code of the residence; null when not known.
             * @example text
             */
            residency: string | null;
            /**
             * @description In which role the data is held.
             * @example SERVICE_PROVIDER
             * @enum {string}
             */
            role: "SERVICE_PROVIDER" | "BUSINESS";
        };
        TakenDocumentView: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "H"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * @description As it was sent, without parameters but `charset`.
             * @example image/jpeg
             */
            contentType: string;
            /**
             * @description Which data element it is.
             * @example SELFIE
             */
            element: components["schemas"]["ElementCode"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
            /**
             * @description Of the content, in hex: compare it with your own.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sha256: string;
            /**
             * Format: int64
             * @example 204800
             */
            sizeBytes: number;
        };
        TakenRecordView: {
            /**
             * @description The categories of personal information (Civ. Code 1798.140(v)) that the element belongs to, by letter.
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /**
             * @description Which data element it is.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            /**
             * Format: uuid
             * @description Our id, a UUIDv7. It says when it was made and nothing else.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            id: string;
        };
        TokenBody: {
            /**
             * @description For `private_key_jwt`: a JWT (RFC 7523, section 3) that the client signed. Good once.
             * @example eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYtMTEifQ.eyJpc3MiOiI8Y2xpZW50IGlkPiJ9.c2lnbmF0dXJl
             */
            client_assertion?: string;
            /**
             * @description For `private_key_jwt`.
             * @example urn:ietf:params:oauth:client-assertion-type:jwt-bearer
             * @enum {string}
             */
            client_assertion_type?: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            /**
             * @description The client id. Needed by neither way to sign in; when it is sent, it names the same client.
             * @example 01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1
             */
            client_id?: string;
            /**
             * @description The OAuth grant.
             * @example client_credentials
             * @enum {string}
             */
            grant_type: "client_credentials";
            /**
             * @description Scopes, separated by single blanks; all that the client holds when left out. There are subjects:read, subjects:write, values:read, packages:read, instructions:read, instructions:write, instructions:approve, evidence:read, admin.
             * @example subjects:read instructions:write
             */
            scope?: string;
        };
        TokenKeyView: {
            /**
             * @description How it signs.
             * @example ES256
             * @enum {string}
             */
            alg: "ES256";
            /**
             * @description Which curve.
             * @example P-256
             * @enum {string}
             */
            crv: "P-256";
            /**
             * @description Its RFC 7638 thumbprint. The header of a token names it.
             * @example text
             */
            kid: string;
            /**
             * @description An elliptic curve.
             * @example EC
             * @enum {string}
             */
            kty: "EC";
            /**
             * @description It signs.
             * @example sig
             * @enum {string}
             */
            use: "sig";
            /**
             * @description The point of the key, base64url.
             * @example f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU
             */
            x: string;
            /**
             * @description The point of the key, base64url.
             * @example x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0
             */
            y: string;
        };
        TokenView: {
            /**
             * @description A JWT (RFC 9068), to be sent as `Authorization: Bearer`. What it grants ends with the client: a revoked one is refused at once.
             * @example text
             */
            access_token: string;
            /**
             * @description Seconds.
             * @example 600
             */
            expires_in: number;
            /**
             * @description What the token may do, separated by blanks.
             * @example text
             */
            scope: string;
            /**
             * Format: uuid
             * @description Whose data it reaches.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            tenant: string;
            /**
             * @description How the token is sent.
             * @example Bearer
             * @enum {string}
             */
            token_type: "Bearer";
        };
        TransferView: {
            /**
             * Format: date-time
             * @description When it was acknowledged.
             * @example 2026-11-24T18:00:00.000Z
             */
            acknowledgedAt: string | null;
            /**
             * @description DOWNLOAD when it is taken from here, ENDPOINT when it was brought; null before it is sent.
             * @example text
             */
            by: string | null;
            /**
             * @description Why the endpoint did not take it, the last time; it is tried again.
             * @example SLOW
             * @enum {string|null}
             */
            failure: "SLOW" | "CLOSED_MIDWAY" | "REDIRECTED" | "CERTIFICATE" | "HOST_KEY" | "FULL" | "REFUSED" | "UNREACHABLE" | null;
            /**
             * @description SHA-256 of its `manifest.json`, in hex: what is acknowledged.
             * @example text
             */
            manifestSha256: string;
            /**
             * @description In how many parts everything that is held for you is returned; null of one subject.
             * @example 1
             */
            parts: number | null;
            /**
             * Format: date-time
             * @description When it arrived, as the Business says.
             * @example 2026-11-24T18:00:00.000Z
             */
            receivedAt: string | null;
            /**
             * @description How often the acknowledgement was asked for.
             * @example 1
             */
            reminded: number;
            /**
             * Format: date-time
             * @description Since when it can be acknowledged.
             * @example 2026-11-24T18:00:00.000Z
             */
            sentAt: string | null;
            /**
             * @description Of everything that is held for you, the parts together.
             * @example 1
             */
            sizeBytes: number;
            /**
             * @description How many subjects the parts hold.
             * @example 1
             */
            subjects: number | null;
        };
        TransitionView: {
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-24T18:00:00.000Z
             */
            at: string;
            /**
             * @description What moved it.
             * @example text
             */
            event: string;
            /**
             * @description Null for the first.
             * @example text
             */
            from: string | null;
            /**
             * @description The state it moved to.
             * @example RECEIVED
             */
            to: components["schemas"]["InstructionState"];
        };
        TypeMetricsView: {
            /**
             * @description How many were cancelled.
             * @example 3
             */
            cancelled: number;
            /**
             * @description How many in part: the rest is kept on a legal ground.
             * @example 3
             */
            compliedPart: number;
            /**
             * @description How many were complied with in whole.
             * @example 3
             */
            compliedWhole: number;
            /**
             * @description How many were denied.
             * @example 3
             */
            denied: number;
            /**
             * @description The mean of days from receipt to answer; null when none was answered.
             * @example 1.5
             */
            meanDays: number | null;
            /**
             * @description The median of days from receipt to answer; null when none was answered.
             * @example 1.5
             */
            medianDays: number | null;
            /**
             * @description How many were answered by that nothing was held.
             * @example 3
             */
            nothingHeld: number;
            /**
             * @description How many are not answered yet.
             * @example 3
             */
            open: number;
            /**
             * @description How many were received.
             * @example 3
             */
            received: number;
            /**
             * @description What kind it is.
             * @example DELETE
             */
            type: components["schemas"]["InstructionType"];
        };
        VerificationBody: {
            /**
             * @description Whether a declaration signed under penalty of perjury is on record (Reg. 7062(c)).
             * @example false
             */
            declaration?: boolean;
            /**
             * @description To what degree the identity was verified (Reg. 7060).
             * @example NONE
             */
            level: components["schemas"]["VerificationLevel"];
            /**
             * @description How it was verified.
             * @example ACCOUNT_REAUTH
             */
            method: components["schemas"]["VerificationMethod"];
            /** @description Kinds of data that were matched, never their values. */
            points?: components["schemas"]["VerificationPoint"][];
            /**
             * Format: date-time
             * @description When the identity was verified.
             * @example 2026-11-24T18:00:00.000Z
             */
            verifiedAt: string;
        };
        /**
         * @example NONE
         * @enum {string}
         */
        VerificationLevel: "NONE" | "REASONABLE" | "REASONABLY_HIGH";
        /**
         * @example ACCOUNT_REAUTH
         * @enum {string}
         */
        VerificationMethod: "ACCOUNT_REAUTH" | "DATA_POINT_MATCH" | "DOCUMENT_MATCH" | "FACE_MATCH" | "IN_PERSON";
        /**
         * @example FULL_NAME
         * @enum {string}
         */
        VerificationPoint: "FULL_NAME" | "POSTAL_ADDRESS" | "EMAIL" | "PHONE" | "DATE_OF_BIRTH" | "DOCUMENT_NUMBER" | "EXTERNAL_ID" | "ACCOUNT" | "CARD_LAST_FOUR" | "FACE_MATCH";
        /** @description Your decision, which your log tells (R-49). */
        WaiverBody: {
            /**
             * @description Why, as a code.
             * @example GOODWILL
             */
            reason: components["schemas"]["WaiverReason"];
        };
        /**
         * @example GOODWILL
         * @enum {string}
         */
        WaiverReason: "GOODWILL" | "EARLIER_NOT_RECEIVED" | "EARLIER_NOT_RIGHT" | "OTHER_DUTY";
        WithdrawalBody: {
            /**
             * Format: date-time
             * @description Not in the future.
             * @example 2026-11-24T12:00:00Z
             */
            withdrawnAt: string;
        };
        WritingBody: {
            /**
             * @description SHA-256 of the signed document, in hex.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            documentSha256?: string | null;
            /**
             * Format: uuid
             * @description An authorised instructor; the registration of the credential itself when left out.
             * @example 01936d2b-8b1c-7abc-8def-0123456789ab
             */
            instructorId?: string | null;
            /**
             * @description The written order in words. Sealed under the subject’s key and gone with it.
             * @example Erase everything held about this customer.
             */
            text?: string | null;
        };
    };
    responses: never;
    parameters: {
        /**
         * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
         * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
         */
        "X-Request-Id": string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The edition of what is shown, to be sent as `If-Match` with an edit.
         * @example "3"
         */
        ETag: string;
        /**
         * @description Present when the answer repeats an earlier one of the same key.
         * @example true
         */
        "Idempotency-Replayed": "true";
        /**
         * @description Where what was made is found.
         * @example /v1/instructions/01936d2b-8b1c-7abc-8def-0123456789ab
         */
        Location: string;
        /**
         * @description What is left of them: `r` units, for `t` more seconds.
         * @example "credential";r=5999;t=10, "tenant";r=11998;t=7
         */
        RateLimit: string;
        /**
         * @description The quotas that count this request: `q` units in `w` seconds each (draft-ietf-httpapi-ratelimit-headers).
         * @example "credential";q=6000;w=10, "tenant";q=12000;w=10
         */
        "RateLimit-Policy": string;
        /**
         * @description In how many seconds it is worth asking again.
         * @example 7
         */
        "Retry-After": number;
        /**
         * @description How to authenticate (RFC 6750, RFC 7617).
         * @example Bearer error="invalid_token"
         */
        "WWW-Authenticate": string;
        /**
         * @description The id of this request: the one that was sent, if it is a lower-case UUID, else a new one.
         * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
         */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readTokenKeys: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A key set (RFC 7517). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "alg": "ES256",
                     *           "crv": "P-256",
                     *           "kid": "text",
                     *           "kty": "EC",
                     *           "use": "sig",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/jwk-set+json": components["schemas"]["JwksView"];
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
            /** @description Anything else is a problem document: a body that cannot be read, a failure of ours. */
            default: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code?: "INTERNAL" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readAuthorizationServer: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metadata (RFC 8414). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "grant_types_supported": [
                     *         "client_credentials"
                     *       ],
                     *       "issuer": "https://api.personr.example",
                     *       "jwks_uri": "https://api.personr.example/.well-known/jwks.json",
                     *       "response_types_supported": [],
                     *       "scopes_supported": [
                     *         "subjects:read",
                     *         "subjects:write",
                     *         "admin"
                     *       ],
                     *       "service_documentation": "https://api.personr.example/docs",
                     *       "token_endpoint": "https://api.personr.example/oauth/token",
                     *       "token_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "private_key_jwt"
                     *       ],
                     *       "token_endpoint_auth_signing_alg_values_supported": [
                     *         "EdDSA",
                     *         "ES256",
                     *         "RS256",
                     *         "Ed25519"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["MetadataView"];
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
            /** @description Anything else is a problem document: a body that cannot be read, a failure of ours. */
            default: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code?: "INTERNAL" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It runs. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "LIVE"
                     *     }
                     */
                    "application/json": components["schemas"]["LiveView"];
                };
            };
            /** @description Anything else is a problem document: a body that cannot be read, a failure of ours. */
            default: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code?: "INTERNAL" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can work. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "checks": {
                     *         "database": {
                     *           "status": "UP"
                     *         },
                     *         "keyStore": {
                     *           "status": "UP"
                     *         },
                     *         "keyring": {
                     *           "status": "UP"
                     *         },
                     *         "redis": {
                     *           "status": "UP"
                     *         }
                     *       },
                     *       "status": "READY"
                     *     }
                     */
                    "application/json": components["schemas"]["ReadyView"];
                };
            };
            /** @description It cannot; `checks` says what is down. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "checks": {
                     *         "database": {
                     *           "status": "UP"
                     *         },
                     *         "redis": {
                     *           "status": "DOWN"
                     *         }
                     *       },
                     *       "status": "NOT_READY"
                     *     }
                     */
                    "application/json": components["schemas"]["ReadyView"];
                };
            };
            /** @description Anything else is a problem document: a body that cannot be read, a failure of ours. */
            default: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code?: "INTERNAL" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenBody"];
            };
        };
        responses: {
            /** @description A token of ten minutes. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2FwaS5wZXJzb25yLmV4YW1wbGUifQ.c2lnbmF0dXJl",
                     *       "expires_in": 600,
                     *       "scope": "subjects:read instructions:write",
                     *       "tenant": "01936d2b-8b1c-7000-8000-000000000001",
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, GRANT_UNSUPPORTED, CREDENTIAL_AMBIGUOUS */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "GRANT_UNSUPPORTED" | "CREDENTIAL_AMBIGUOUS";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID */
            401: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                        /**
                         * @description The code of RFC 6749.
                         * @example invalid_client
                         */
                        error?: string;
                    };
                };
            };
        };
    };
    readPackageSchema: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/schema+json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Anything else is a problem document: a body that cannot be read, a failure of ours. */
            default: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code?: "INTERNAL" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listAgreements: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "annexes": [
                     *             {
                     *               "kind": "ANNEX",
                     *               "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *               "title": "Annex 1: security measures"
                     *             }
                     *           ],
                     *           "checklist": [
                     *             1
                     *           ],
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "effectiveFrom": "2026-11-24T18:00:00.000Z",
                     *           "effectiveTo": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "purposes": [
                     *             "IDENTITY_VERIFICATION"
                     *           ],
                     *           "windDownDays": 0
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["AgreementPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addAgreement: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "annexes": [
                 *         {
                 *           "kind": "ANNEX",
                 *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                 *           "title": "Annex 1: security measures"
                 *         }
                 *       ],
                 *       "checklist": [
                 *         1,
                 *         2,
                 *         3,
                 *         4,
                 *         5,
                 *         6,
                 *         7,
                 *         8,
                 *         9,
                 *         10
                 *       ],
                 *       "effectiveFrom": "2026-12-01T08:00:00Z",
                 *       "effectiveTo": "2026-11-24T18:00:00.000Z",
                 *       "purposes": [
                 *         "IDENTITY_VERIFICATION",
                 *         "AML_CFT_COMPLIANCE",
                 *         "CLIENT_DUE_DILIGENCE"
                 *       ],
                 *       "windDownDays": 30
                 *     }
                 */
                "application/json": components["schemas"]["AgreementBody"];
            };
        };
        responses: {
            /** @description On file. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "annexes": [
                     *         {
                     *           "kind": "ANNEX",
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "title": "Annex 1: security measures"
                     *         }
                     *       ],
                     *       "checklist": [
                     *         1
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "effectiveFrom": "2026-11-24T18:00:00.000Z",
                     *       "effectiveTo": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "purposes": [
                     *         "IDENTITY_VERIFICATION"
                     *       ],
                     *       "windDownDays": 0
                     *     }
                     */
                    "application/json": components["schemas"]["AgreementView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: AGREEMENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "AGREEMENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: AGREEMENT_TERMS_INCOMPLETE, AGREEMENT_NOT_LATER */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_TERMS_INCOMPLETE
                         * @enum {string}
                         */
                        code: "AGREEMENT_TERMS_INCOMPLETE" | "AGREEMENT_NOT_LATER";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findAgreement: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the agreement.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "annexes": [
                     *         {
                     *           "kind": "ANNEX",
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "title": "Annex 1: security measures"
                     *         }
                     *       ],
                     *       "checklist": [
                     *         1
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "effectiveFrom": "2026-11-24T18:00:00.000Z",
                     *       "effectiveTo": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "purposes": [
                     *         "IDENTITY_VERIFICATION"
                     *       ],
                     *       "windDownDays": 0
                     *     }
                     */
                    "application/json": components["schemas"]["AgreementView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: AGREEMENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "AGREEMENT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    endAgreement: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of what the change was made against.
                 * @example text
                 */
                "If-Match": string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the agreement.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "effectiveTo": "2027-06-30T07:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["AgreementEndBody"];
            };
        };
        responses: {
            /** @description Its end is set. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "annexes": [
                     *         {
                     *           "kind": "ANNEX",
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "title": "Annex 1: security measures"
                     *         }
                     *       ],
                     *       "checklist": [
                     *         1
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "effectiveFrom": "2026-11-24T18:00:00.000Z",
                     *       "effectiveTo": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "purposes": [
                     *         "IDENTITY_VERIFICATION"
                     *       ],
                     *       "windDownDays": 0
                     *     }
                     */
                    "application/json": components["schemas"]["AgreementView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: AGREEMENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "AGREEMENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: AGREEMENT_ENDED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_ENDED
                         * @enum {string}
                         */
                        code: "AGREEMENT_ENDED";
                    };
                };
            };
            /** @description Precondition Failed: PRECONDITION_FAILED */
            412: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_FAILED
                         * @enum {string}
                         */
                        code: "PRECONDITION_FAILED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: AGREEMENT_END_INVALID */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_END_INVALID
                         * @enum {string}
                         */
                        code: "AGREEMENT_END_INVALID";
                    };
                };
            };
            /** @description Precondition Required: PRECONDITION_REQUIRED */
            428: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_REQUIRED
                         * @enum {string}
                         */
                        code: "PRECONDITION_REQUIRED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listApiClients: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "authMethod": "client_secret_basic",
                     *           "clientId": "01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1",
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *           "jwks": null,
                     *           "jwksUri": null,
                     *           "name": "onboarding service",
                     *           "revokedAt": null,
                     *           "scopes": [
                     *             "subjects:write"
                     *           ],
                     *           "secrets": [
                     *             {
                     *               "createdAt": "2026-11-24T18:00:00.000Z",
                     *               "expiresAt": null,
                     *               "id": "01936d2b-8b1c-7abc-8def-0123456789b2"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ApiClientPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    createApiClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiClientBody"];
            };
        };
        responses: {
            /** @description Registered. Without `jwks` and `jwksUri` it gets a secret, shown here once. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiClientView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: KEY_SET_REFUSED */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SET_REFUSED
                         * @enum {string}
                         */
                        code: "KEY_SET_REFUSED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findApiClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the client (the part of `clientId` after the dot).
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "authMethod": "client_secret_basic",
                     *       "clientId": "01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "jwks": null,
                     *       "jwksUri": null,
                     *       "name": "onboarding service",
                     *       "revokedAt": null,
                     *       "scopes": [
                     *         "subjects:write"
                     *       ],
                     *       "secrets": [
                     *         {
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "expiresAt": null,
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789b2"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    changeApiClient: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of what the change was made against.
                 * @example text
                 */
                "If-Match": string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the client (the part of `clientId` after the dot).
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiClientChangeBody"];
            };
        };
        responses: {
            /** @description Changed, from now on. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "authMethod": "private_key_jwt",
                     *       "clientId": "01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "jwks": {
                     *         "keys": [
                     *           {
                     *             "alg": "EdDSA",
                     *             "crv": "Ed25519",
                     *             "kid": "2026-11",
                     *             "kty": "OKP",
                     *             "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
                     *           },
                     *           {
                     *             "alg": "EdDSA",
                     *             "crv": "Ed25519",
                     *             "kid": "2026-12",
                     *             "kty": "OKP",
                     *             "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
                     *           }
                     *         ]
                     *       },
                     *       "jwksUri": null,
                     *       "name": "onboarding service",
                     *       "revokedAt": null,
                     *       "scopes": [
                     *         "subjects:write"
                     *       ],
                     *       "secrets": []
                     *     }
                     */
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: API_CLIENT_REVOKED, CLIENT_METHOD_MISMATCH, LAST_ADMIN */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_REVOKED
                         * @enum {string}
                         */
                        code: "API_CLIENT_REVOKED" | "CLIENT_METHOD_MISMATCH" | "LAST_ADMIN";
                    };
                };
            };
            /** @description Precondition Failed: PRECONDITION_FAILED */
            412: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_FAILED
                         * @enum {string}
                         */
                        code: "PRECONDITION_FAILED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: KEY_SET_REFUSED */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SET_REFUSED
                         * @enum {string}
                         */
                        code: "KEY_SET_REFUSED";
                    };
                };
            };
            /** @description Precondition Required: PRECONDITION_REQUIRED */
            428: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_REQUIRED
                         * @enum {string}
                         */
                        code: "PRECONDITION_REQUIRED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    revokeApiClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the client (the part of `clientId` after the dot).
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, now or before. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "authMethod": "client_secret_basic",
                     *       "clientId": "01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "jwks": null,
                     *       "jwksUri": null,
                     *       "name": "onboarding service",
                     *       "revokedAt": "2026-11-25T09:30:00.000Z",
                     *       "scopes": [
                     *         "subjects:write"
                     *       ],
                     *       "secrets": [
                     *         {
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "expiresAt": null,
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789b2"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: LAST_ADMIN */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example LAST_ADMIN
                         * @enum {string}
                         */
                        code: "LAST_ADMIN";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addClientSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the client (the part of `clientId` after the dot).
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlapSeconds": 86400
                 *     }
                 */
                "application/json": components["schemas"]["NewSecretBody"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientSecret": "mE2tXh3T0zOaUuCkq5sVn8yJb4wLr9dFgQpZ1iKcHx0",
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "expiresAt": null,
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789b3"
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedSecretView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND, CLIENT_SECRET_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND" | "CLIENT_SECRET_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, API_CLIENT_REVOKED, CLIENT_METHOD_MISMATCH, CLIENT_SECRETS_FULL */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "API_CLIENT_REVOKED" | "CLIENT_METHOD_MISMATCH" | "CLIENT_SECRETS_FULL";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    removeClientSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the client (the part of `clientId` after the dot).
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
                /**
                 * @description Our id of the secret.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND, CLIENT_SECRET_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND" | "CLIENT_SECRET_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: LAST_ADMIN */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example LAST_ADMIN
                         * @enum {string}
                         */
                        code: "LAST_ADMIN";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listEndpoints: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "challenge": {
                     *             "endsAt": "2026-11-25T18:01:00.000Z",
                     *             "failure": null,
                     *             "file": "personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt",
                     *             "sentAt": "2026-11-24T18:01:00.000Z",
                     *             "state": "SENT",
                     *             "triesLeft": 5
                     *           },
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *           "kind": "SFTP",
                     *           "name": "archive of the compliance team",
                     *           "place": {
                     *             "sftp": {
                     *               "directory": "incoming/personr",
                     *               "host": "sftp.business.example",
                     *               "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *               "port": 22,
                     *               "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *               "user": "personr"
                     *             }
                     *           },
                     *           "provedAt": "2026-11-24T18:04:00.000Z",
                     *           "revokedAt": null,
                     *           "state": "PROVED"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    registerEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEndpointBody"];
            };
        };
        responses: {
            /** @description Registered, not proved yet. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "challenge": null,
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *       "kind": "SFTP",
                     *       "name": "archive of the compliance team",
                     *       "place": {
                     *         "sftp": {
                     *           "directory": "incoming/personr",
                     *           "host": "sftp.business.example",
                     *           "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *           "port": 22,
                     *           "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *           "user": "personr"
                     *         }
                     *       },
                     *       "provedAt": null,
                     *       "revokedAt": null,
                     *       "state": "REGISTERED"
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, JSON_NOT_CANONICAL */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "JSON_NOT_CANONICAL";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ENDPOINT_REFUSED */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_REFUSED
                         * @enum {string}
                         */
                        code: "ENDPOINT_REFUSED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the endpoint.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "challenge": {
                     *         "endsAt": "2026-11-25T18:01:00.000Z",
                     *         "failure": null,
                     *         "file": "personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt",
                     *         "sentAt": "2026-11-24T18:01:00.000Z",
                     *         "state": "SENT",
                     *         "triesLeft": 5
                     *       },
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *       "kind": "SFTP",
                     *       "name": "archive of the compliance team",
                     *       "place": {
                     *         "sftp": {
                     *           "directory": "incoming/personr",
                     *           "host": "sftp.business.example",
                     *           "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *           "port": 22,
                     *           "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *           "user": "personr"
                     *         }
                     *       },
                     *       "provedAt": null,
                     *       "revokedAt": null,
                     *       "state": "REGISTERED"
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    challengeEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the endpoint.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It will be, shortly. */
            202: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "challenge": {
                     *         "endsAt": null,
                     *         "failure": null,
                     *         "file": "personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt",
                     *         "sentAt": null,
                     *         "state": "ASKED",
                     *         "triesLeft": 5
                     *       },
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *       "kind": "SFTP",
                     *       "name": "archive of the compliance team",
                     *       "place": {
                     *         "sftp": {
                     *           "directory": "incoming/personr",
                     *           "host": "sftp.business.example",
                     *           "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *           "port": 22,
                     *           "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *           "user": "personr"
                     *         }
                     *       },
                     *       "provedAt": null,
                     *       "revokedAt": null,
                     *       "state": "REGISTERED"
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: ENDPOINT_REVOKED, ILLEGAL_TRANSITION */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_REVOKED
                         * @enum {string}
                         */
                        code: "ENDPOINT_REVOKED" | "ILLEGAL_TRANSITION";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    proveEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the endpoint.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "pk3Rz0fJm1cQy7vT5uB2xWnL8aHd4eGs6iKo9rYtUqE"
                 *     }
                 */
                "application/json": components["schemas"]["ProofBody"];
            };
        };
        responses: {
            /** @description Proved: packages may be sent there. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "challenge": {
                     *         "endsAt": "2026-11-25T18:01:00.000Z",
                     *         "failure": null,
                     *         "file": "personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt",
                     *         "sentAt": "2026-11-24T18:01:00.000Z",
                     *         "state": "SENT",
                     *         "triesLeft": 5
                     *       },
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *       "kind": "SFTP",
                     *       "name": "archive of the compliance team",
                     *       "place": {
                     *         "sftp": {
                     *           "directory": "incoming/personr",
                     *           "host": "sftp.business.example",
                     *           "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *           "port": 22,
                     *           "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *           "user": "personr"
                     *         }
                     *       },
                     *       "provedAt": "2026-11-24T18:04:00.000Z",
                     *       "revokedAt": null,
                     *       "state": "PROVED"
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: ENDPOINT_REVOKED, ILLEGAL_TRANSITION, CHALLENGE_NOT_OPEN */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_REVOKED
                         * @enum {string}
                         */
                        code: "ENDPOINT_REVOKED" | "ILLEGAL_TRANSITION" | "CHALLENGE_NOT_OPEN";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: CHALLENGE_WRONG */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CHALLENGE_WRONG
                         * @enum {string}
                         */
                        code: "CHALLENGE_WRONG";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    revokeEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the endpoint.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, now or before. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "challenge": {
                     *         "endsAt": "2026-11-25T18:01:00.000Z",
                     *         "failure": null,
                     *         "file": "personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt",
                     *         "sentAt": "2026-11-24T18:01:00.000Z",
                     *         "state": "SENT",
                     *         "triesLeft": 5
                     *       },
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789c1",
                     *       "kind": "SFTP",
                     *       "name": "archive of the compliance team",
                     *       "place": {
                     *         "sftp": {
                     *           "directory": "incoming/personr",
                     *           "host": "sftp.business.example",
                     *           "hostKeySha256": "SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo",
                     *           "port": 22,
                     *           "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr",
                     *           "user": "personr"
                     *         }
                     *       },
                     *       "provedAt": "2026-11-24T18:04:00.000Z",
                     *       "revokedAt": "2026-12-24T09:30:00.000Z",
                     *       "state": "REVOKED"
                     *     }
                     */
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENDPOINT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readCheckpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A signed note (C2SP tlog-checkpoint). */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a
                     *     42
                     *     uWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=
                     *
                     *     — personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
                     */
                    "text/plain": string;
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOT_FINISHED
                         * @enum {string}
                         */
                        code: "NOT_FINISHED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listEntries: {
        parameters: {
            query?: {
                /**
                 * @description Those of this actor: the id of an API client, `SYSTEM` or `OPERATOR`.
                 * @example SYSTEM
                 */
                actor?: string;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description What happened.
                 * @example values.read
                 */
                event?: string;
                /**
                 * @description Those from this instant on.
                 * @example 2026-11-23T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Those about this instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                instructionId?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Those that came out so: `REFUSED`, `COMPLETED`, `CLOSED_NO_DATA`, ..., else `DONE`.
                 * @example REFUSED
                 */
                outcome?: string;
                /**
                 * @description Those about this subject, by the random reference that the log and receipts know it by.
                 * @example 3f1f7d4a5e1f0c8e9a1f6b4a539f0e2f
                 */
                subjectRef?: string;
                /**
                 * @description Those before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                to?: string;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "actor": {
                     *             "kind": "SYSTEM"
                     *           },
                     *           "at": "2026-11-24T18:00:00.173Z",
                     *           "commitment": "uWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=",
                     *           "detail": {
                     *             "outcome": "COMPLETED",
                     *             "transitions": [
                     *               "RESPONDING",
                     *               "RESPONDED",
                     *               "COMPLETED"
                     *             ]
                     *           },
                     *           "event": "instruction.closed",
                     *           "from": null,
                     *           "id": "01936d2b-9ac0-7abc-8def-0123456789ab",
                     *           "index": 41,
                     *           "instructionId": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *           "outcome": "COMPLETED",
                     *           "policyVersion": "2026-11-23.1",
                     *           "reasonCode": null,
                     *           "requestId": null,
                     *           "subjectRef": "3f1f7d4a5e1f0c8e9a1f6b4a539f0e2f",
                     *           "to": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["EntryPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Gone: ENTRIES_PRUNED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENTRIES_PRUNED
                         * @enum {string}
                         */
                        code: "ENTRIES_PRUNED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readLogKeys: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its keys. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "from": "2026-11-23T00:00:00.000Z",
                     *           "until": null,
                     *           "vkey": "personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a+0b7de0ae+AZPvF5tqOUX2Ls7q7u4xFMrJmDmNQXHkRfLbRBkOuZ8q"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LogKeysView"];
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    takeEvidencePack: {
        parameters: {
            query?: {
                /**
                 * @description The first instant.
                 * @example 2026-11-23T00:00:00Z
                 */
                from?: string;
                /**
                 * @description The first instant that is no part of it.
                 * @example 2026-12-01T00:00:00Z
                 */
                to?: string;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A zip, made while it is read. One that breaks off is no zip. */
            200: {
                headers: {
                    /**
                     * @description The name of the file.
                     * @example attachment; filename="evidence.zip"
                     */
                    "Content-Disposition"?: string;
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/zip": string;
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOT_FINISHED
                         * @enum {string}
                         */
                        code: "NOT_FINISHED";
                    };
                };
            };
            /** @description Gone: ENTRIES_PRUNED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENTRIES_PRUNED
                         * @enum {string}
                         */
                        code: "ENTRIES_PRUNED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readTile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An `ETag` that you hold: answered 304 without a body while it is that of the bytes.
                 * @example text
                 */
                "If-None-Match"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Level and index as C2SP tlog-tiles writes them, with slashes: `0/x001/067`, or `0/x001/067.p/3` for the first 3 hashes.
                 * @example 0/000.p/1
                 */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                };
            };
            /** @description You hold these bytes already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: EVIDENCE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example EVIDENCE_NOT_FOUND
                         * @enum {string}
                         */
                        code: "EVIDENCE_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: ENTRIES_PRUNED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENTRIES_PRUNED
                         * @enum {string}
                         */
                        code: "ENTRIES_PRUNED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readEntryBundle: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An `ETag` that you hold: answered 304 without a body while it is that of the bytes.
                 * @example text
                 */
                "If-None-Match"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description The index as C2SP tlog-tiles writes it, with slashes: `x001/067`, or `x001/067.p/3` for the first 3 entries.
                 * @example 000.p/1
                 */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                };
            };
            /** @description You hold these bytes already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: EVIDENCE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example EVIDENCE_NOT_FOUND
                         * @enum {string}
                         */
                        code: "EVIDENCE_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: ENTRIES_PRUNED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ENTRIES_PRUNED
                         * @enum {string}
                         */
                        code: "ENTRIES_PRUNED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listHolds: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Those on this subject alone.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                subjectId?: string;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "citation": "31 CFR 1020.220(a)(3)",
                     *           "elements": [
                     *             "FULL_NAME",
                     *             "DOCUMENT_NUMBER"
                     *           ],
                     *           "endReason": null,
                     *           "endedAt": null,
                     *           "endsAt": "2031-11-24T08:00:00.000Z",
                     *           "gone": [],
                     *           "ground": "EX_LEGAL",
                     *           "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *           "instructionId": null,
                     *           "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *           "reviewAt": null,
                     *           "startsAt": "2026-11-24T18:05:00.000Z",
                     *           "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["HoldPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    placeHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectHoldBody"];
            };
        };
        responses: {
            /** @description Placed. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "citation": "31 CFR 1020.220(a)(3)",
                     *       "elements": [
                     *         "FULL_NAME",
                     *         "DOCUMENT_NUMBER"
                     *       ],
                     *       "endReason": null,
                     *       "endedAt": null,
                     *       "endsAt": "2031-11-24T08:00:00.000Z",
                     *       "gone": [],
                     *       "ground": "EX_LEGAL",
                     *       "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *       "instructionId": null,
                     *       "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "reviewAt": null,
                     *       "startsAt": "2026-11-24T18:05:00.000Z",
                     *       "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *     }
                     */
                    "application/json": components["schemas"]["HoldView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, ALREADY_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "ALREADY_ERASED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, EXCEPTION_GROUND_UNKNOWN, EXCEPTION_SCOPE_TOO_WIDE, HOLD_TERM_INVALID */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "EXCEPTION_GROUND_UNKNOWN" | "EXCEPTION_SCOPE_TOO_WIDE" | "HOLD_TERM_INVALID";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the hold.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "citation": "31 CFR 1020.220(a)(3)",
                     *       "elements": [
                     *         "FULL_NAME",
                     *         "DOCUMENT_NUMBER"
                     *       ],
                     *       "endReason": null,
                     *       "endedAt": null,
                     *       "endsAt": "2031-11-24T08:00:00.000Z",
                     *       "gone": [],
                     *       "ground": "EX_LEGAL",
                     *       "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *       "instructionId": null,
                     *       "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "reviewAt": null,
                     *       "startsAt": "2026-11-24T18:05:00.000Z",
                     *       "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *     }
                     */
                    "application/json": components["schemas"]["HoldView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: HOLD_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example HOLD_NOT_FOUND
                         * @enum {string}
                         */
                        code: "HOLD_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    releaseHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the hold.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "GROUND_ENDED"
                 *     }
                 */
                "application/json": components["schemas"]["ReleaseBody"];
            };
        };
        responses: {
            /** @description Released, now or for the same reason before. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "citation": "31 CFR 1020.220(a)(3)",
                     *       "elements": [
                     *         "FULL_NAME",
                     *         "DOCUMENT_NUMBER"
                     *       ],
                     *       "endReason": "GROUND_ENDED",
                     *       "endedAt": "2026-12-01T09:30:00.000Z",
                     *       "endsAt": "2031-11-24T08:00:00.000Z",
                     *       "gone": [],
                     *       "ground": "EX_LEGAL",
                     *       "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *       "instructionId": null,
                     *       "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *       "reviewAt": null,
                     *       "startsAt": "2026-11-24T18:05:00.000Z",
                     *       "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *     }
                     */
                    "application/json": components["schemas"]["HoldView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: HOLD_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example HOLD_NOT_FOUND
                         * @enum {string}
                         */
                        code: "HOLD_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: HOLD_ENDED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example HOLD_ENDED
                         * @enum {string}
                         */
                        code: "HOLD_ENDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listInstructions: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Those in this state alone.
                 * @example RECEIVED
                 */
                state?: components["schemas"]["InstructionState"];
                /**
                 * @description Those of this type alone.
                 * @example DELETE
                 */
                type?: components["schemas"]["InstructionType"];
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *           "basis": "CONSUMER_REQUEST",
                     *           "erasedAt": "2026-11-24T18:00:00.150Z",
                     *           "final": true,
                     *           "finishedAt": "2026-11-24T18:00:00.173Z",
                     *           "flags": [],
                     *           "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *           "receiptUrl": "/v1/instructions/01936d2b-9a10-7abc-8def-0123456789ab/receipt",
                     *           "sealedAt": "2026-11-24T18:00:00.090Z",
                     *           "state": "COMPLETED",
                     *           "subject": {
                     *             "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *           },
                     *           "type": "DELETE",
                     *           "unguessableAt": null,
                     *           "unguessableDueAt": "2026-11-25T18:00:00.090Z",
                     *           "unreadableAt": "2026-11-24T18:00:00.090Z",
                     *           "urgent": false
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["InstructionPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    acceptInstruction: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstructionBody"];
            };
        };
        responses: {
            /** @description The subject is erased already: this is the instruction that erased it. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "code": "ALREADY_ERASED",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": "2026-11-24T18:00:00.173Z"
                     *         }
                     *       ],
                     *       "erasedAt": "2026-11-24T18:00:00.150Z",
                     *       "final": true,
                     *       "finishedAt": "2026-11-24T18:00:00.173Z",
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         },
                     *         {
                     *           "at": "2026-11-24T18:00:00.173Z",
                     *           "event": "instruction.completed",
                     *           "from": "RECEIVED",
                     *           "to": "COMPLETED"
                     *         }
                     *       ],
                     *       "holds": [],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": "/v1/instructions/01936d2b-9a10-7abc-8def-0123456789ab/receipt",
                     *       "sealedAt": "2026-11-24T18:00:00.090Z",
                     *       "state": "COMPLETED",
                     *       "steps": [
                     *         {
                     *           "bytes": null,
                     *           "done": 1,
                     *           "name": "SHRED_KEYS",
                     *           "state": "DONE",
                     *           "total": 1
                     *         }
                     *       ],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "type": "DELETE",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": "2026-11-25T18:00:00.090Z",
                     *       "unreadableAt": "2026-11-24T18:00:00.090Z",
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Accepted; it is carried out by itself. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [
                     *         "hold"
                     *       ],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": null
                     *         }
                     *       ],
                     *       "erasedAt": null,
                     *       "final": false,
                     *       "finishedAt": null,
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         }
                     *       ],
                     *       "holds": [],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": null,
                     *       "sealedAt": null,
                     *       "state": "APPROVED",
                     *       "steps": [],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "type": "DELETE",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": null,
                     *       "unreadableAt": null,
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, INSTRUCTOR_NOT_AUTHORISED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "INSTRUCTOR_NOT_AUTHORISED";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND, ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND" | "ENDPOINT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, SUBJECT_AMBIGUOUS, ENDPOINT_REVOKED, ENDPOINT_NOT_PROVED, KNOW_LIMIT_REACHED, NOT_VERIFIED, VERIFICATION_LEVEL_TOO_LOW, DECLARATION_MISSING, TENANT_LEAVING, TRANSFER_NOT_ACKNOWLEDGED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "SUBJECT_AMBIGUOUS" | "ENDPOINT_REVOKED" | "ENDPOINT_NOT_PROVED" | "KNOW_LIMIT_REACHED" | "NOT_VERIFIED" | "VERIFICATION_LEVEL_TOO_LOW" | "DECLARATION_MISSING" | "TENANT_LEAVING" | "TRANSFER_NOT_ACKNOWLEDGED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, INSTRUCTION_NOT_WRITTEN, AGREEMENT_NOT_IN_FORCE, TYPE_NOT_ENABLED, SCOPE_INVALID, AUDIENCE_REQUIRED, RECEIPT_IN_FUTURE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "INSTRUCTION_NOT_WRITTEN" | "AGREEMENT_NOT_IN_FORCE" | "TYPE_NOT_ENABLED" | "SCOPE_INVALID" | "AUDIENCE_REQUIRED" | "RECEIPT_IN_FUTURE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findInstruction: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": "2026-11-24T18:00:00.173Z"
                     *         }
                     *       ],
                     *       "erasedAt": "2026-11-24T18:00:00.150Z",
                     *       "final": true,
                     *       "finishedAt": "2026-11-24T18:00:00.173Z",
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         },
                     *         {
                     *           "at": "2026-11-24T18:00:00.173Z",
                     *           "event": "instruction.completed",
                     *           "from": "RECEIVED",
                     *           "to": "COMPLETED"
                     *         }
                     *       ],
                     *       "holds": [],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": "/v1/instructions/01936d2b-9a10-7abc-8def-0123456789ab/receipt",
                     *       "sealedAt": "2026-11-24T18:00:00.090Z",
                     *       "state": "COMPLETED",
                     *       "steps": [
                     *         {
                     *           "bytes": null,
                     *           "done": 1,
                     *           "name": "SHRED_KEYS",
                     *           "state": "DONE",
                     *           "total": 1
                     *         }
                     *       ],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "type": "DELETE",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": "2026-11-25T18:00:00.090Z",
                     *       "unreadableAt": "2026-11-24T18:00:00.090Z",
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    acknowledgeTransfer: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "manifestSha256": "5f3c1d0b8e7a69584736251403f2e1d0c9b8a7968574635241302f1e0d9c8b7a",
                 *       "receivedAt": "2026-11-24T18:05:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["AcknowledgeBody"];
            };
        };
        responses: {
            /** @description Acknowledged, now or before by the same manifest. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [
                     *         "hold"
                     *       ],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": null
                     *         }
                     *       ],
                     *       "erasedAt": null,
                     *       "final": false,
                     *       "finishedAt": null,
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         }
                     *       ],
                     *       "holds": [],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": null,
                     *       "sealedAt": null,
                     *       "state": "ERASING",
                     *       "steps": [],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "transfer": {
                     *         "acknowledgedAt": "2026-11-24T18:06:11.000Z",
                     *         "by": "DOWNLOAD",
                     *         "failure": null,
                     *         "manifestSha256": "5f3c1d0b8e7a69584736251403f2e1d0c9b8a7968574635241302f1e0d9c8b7a",
                     *         "parts": null,
                     *         "receivedAt": "2026-11-24T18:05:00.000Z",
                     *         "reminded": 0,
                     *         "sentAt": "2026-11-24T18:00:00.310Z",
                     *         "sizeBytes": 18204,
                     *         "subjects": null
                     *       },
                     *       "type": "RETURN",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": null,
                     *       "unreadableAt": null,
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, INSTRUCTOR_NOT_AUTHORISED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "INSTRUCTOR_NOT_AUTHORISED";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: ILLEGAL_TRANSITION, MANIFEST_MISMATCH */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ILLEGAL_TRANSITION
                         * @enum {string}
                         */
                        code: "ILLEGAL_TRANSITION" | "MANIFEST_MISMATCH";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: RECEIPT_IN_FUTURE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RECEIPT_IN_FUTURE
                         * @enum {string}
                         */
                        code: "RECEIPT_IN_FUTURE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    watchInstruction: {
        parameters: {
            query?: {
                /**
                 * @description After how many seconds the stream ends though the instruction has not.
                 * @example 600
                 */
                seconds?: number;
            };
            header?: {
                /**
                 * @description The id of the last event that you have seen: it is not told again.
                 * @example text
                 */
                "Last-Event-ID"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events, each with the whole instruction as `findInstruction` shows it. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 1000
                     *
                     *     event: instruction
                     *     id: 0Zc1bq0m4m2y9l6v2oZ0Zw
                     *     data: {"id":"01936d2b-9a10-7abc-8def-0123456789ab","type":"DELETE","basis":"CONSUMER_REQUEST","state":"COMPLETED","final":true,"flags":[],"urgent":false,"subject":{"id":"01936d2b-8b1c-7abc-8def-0123456789ab"},"acceptedAt":"2026-11-24T18:00:00.000Z","finishedAt":"2026-11-24T18:00:00.173Z","sealedAt":"2026-11-24T18:00:00.090Z","unreadableAt":"2026-11-24T18:00:00.090Z","erasedAt":"2026-11-24T18:00:00.150Z","unguessableDueAt":"2026-11-25T18:00:00.090Z","unguessableAt":null,"receiptUrl":"/v1/instructions/01936d2b-9a10-7abc-8def-0123456789ab/receipt","agreementId":"01936d2b-7a00-7abc-8def-0123456789ab","instructorId":null,"policyVersion":"2026-11-23.1","deadlines":[{"code":"RESPONSE_45D","dueAt":"2027-01-08T07:59:59.999Z","lateFrom":"2027-01-08T08:00:00.000Z","metAt":"2026-11-24T18:00:00.173Z"}],"steps":[{"name":"SHRED_KEYS","state":"DONE","done":1,"total":1,"bytes":null}],"history":[{"from":null,"to":"RECEIVED","event":"instruction.accepted","at":"2026-11-24T18:00:00.000Z"},{"from":"RECEIVED","to":"COMPLETED","event":"instruction.completed","at":"2026-11-24T18:00:00.173Z"}],"allowedActs":[],"holds":[]}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description It has ended, and you have seen that. Do not come again. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: ID_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    holdInstruction: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoldBody"];
            };
        };
        responses: {
            /** @description Held back; `hold.gone` says what it came too late for. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [
                     *         "hold",
                     *         "release-hold"
                     *       ],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": null
                     *         }
                     *       ],
                     *       "erasedAt": null,
                     *       "final": false,
                     *       "finishedAt": null,
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         }
                     *       ],
                     *       "hold": {
                     *         "citation": "31 CFR 1020.220(a)(3)",
                     *         "elements": [
                     *           "FULL_NAME",
                     *           "DOCUMENT_NUMBER"
                     *         ],
                     *         "endReason": null,
                     *         "endedAt": null,
                     *         "endsAt": "2031-11-24T08:00:00.000Z",
                     *         "gone": [],
                     *         "ground": "EX_LEGAL",
                     *         "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *         "instructionId": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *         "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *         "reviewAt": null,
                     *         "startsAt": "2026-11-24T18:05:00.000Z",
                     *         "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "holds": [
                     *         {
                     *           "elements": [
                     *             "FULL_NAME",
                     *             "DOCUMENT_NUMBER"
                     *           ],
                     *           "endsAt": "2031-11-24T08:00:00.000Z",
                     *           "ground": "EX_LEGAL",
                     *           "id": "01936d2b-9c22-7abc-8def-0123456789ab"
                     *         }
                     *       ],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": null,
                     *       "sealedAt": null,
                     *       "state": "APPROVED",
                     *       "steps": [],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "type": "DELETE",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": null,
                     *       "unreadableAt": null,
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["HeldInstructionView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND, SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND" | "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, ALREADY_ERASED, ILLEGAL_TRANSITION */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "ALREADY_ERASED" | "ILLEGAL_TRANSITION";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, EXCEPTION_GROUND_UNKNOWN, EXCEPTION_SCOPE_TOO_WIDE, HOLD_TERM_INVALID */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "EXCEPTION_GROUND_UNKNOWN" | "EXCEPTION_SCOPE_TOO_WIDE" | "HOLD_TERM_INVALID";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readPackage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An `ETag`; `Range` counts only while it is that of the document.
                 * @example text
                 */
                "If-Range"?: string;
                /**
                 * @description One range of bytes (RFC 9110, section 14). Several are answered by the whole.
                 * @example bytes=0-1023
                 */
                Range?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The package, a zip; whole and as a file of age where the instruction says `encryptTo`. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "application/zip": string;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/zip": string;
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND, PACKAGE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND" | "PACKAGE_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED, DOWNLOAD_LIMIT_REACHED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOT_FINISHED
                         * @enum {string}
                         */
                        code: "NOT_FINISHED" | "DOWNLOAD_LIMIT_REACHED";
                    };
                };
            };
            /** @description Gone: PACKAGE_EXPIRED, KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PACKAGE_EXPIRED
                         * @enum {string}
                         */
                        code: "PACKAGE_EXPIRED" | "KEY_SHREDDED";
                    };
                };
            };
            /** @description Range Not Satisfiable: RANGE_NOT_SATISFIABLE */
            416: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RANGE_NOT_SATISFIABLE
                         * @enum {string}
                         */
                        code: "RANGE_NOT_SATISFIABLE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: SEAL_BROKEN, OBJECT_MISSING, INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SEAL_BROKEN
                         * @enum {string}
                         */
                        code: "SEAL_BROKEN" | "OBJECT_MISSING" | "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readPackagePart: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An `ETag`; `Range` counts only while it is that of the document.
                 * @example text
                 */
                "If-Range"?: string;
                /**
                 * @description One range of bytes (RFC 9110, section 14). Several are answered by the whole.
                 * @example bytes=0-1023
                 */
                Range?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
                /**
                 * @description Its number, from 1 to as many as the transfer has parts.
                 * @example 1
                 */
                part: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The part, a zip; whole and as a file of age where the instruction says `encryptTo`. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "application/zip": string;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/zip": string;
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND, PACKAGE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND" | "PACKAGE_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED, DOWNLOAD_LIMIT_REACHED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOT_FINISHED
                         * @enum {string}
                         */
                        code: "NOT_FINISHED" | "DOWNLOAD_LIMIT_REACHED";
                    };
                };
            };
            /** @description Gone: PACKAGE_EXPIRED, KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PACKAGE_EXPIRED
                         * @enum {string}
                         */
                        code: "PACKAGE_EXPIRED" | "KEY_SHREDDED";
                    };
                };
            };
            /** @description Range Not Satisfiable: RANGE_NOT_SATISFIABLE */
            416: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RANGE_NOT_SATISFIABLE
                         * @enum {string}
                         */
                        code: "RANGE_NOT_SATISFIABLE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: SEAL_BROKEN, OBJECT_MISSING, INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SEAL_BROKEN
                         * @enum {string}
                         */
                        code: "SEAL_BROKEN" | "OBJECT_MISSING" | "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readReceipt: {
        parameters: {
            query?: {
                /**
                 * @description The form, where `Accept` cannot be set, as for a link.
                 * @example json
                 */
                format?: components["schemas"]["ReceiptFormat"];
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt; for `Accept: text/plain` its tlog-proof alone (C2SP), for `Accept: text/html` a page to read and print. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "anchor": null,
                     *       "anchoring": "PENDING",
                     *       "body": {
                     *         "instructionId": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *         "outcome": "COMPLETED"
                     *       },
                     *       "entry": "eyJldmVudCI6Imluc3RydWN0aW9uLmNvbXBsZXRlZCJ9",
                     *       "format": "personr.receipt/v1",
                     *       "proof": "c2sp.org/tlog-proof@v1\nindex 41\nwgEHUmb83X2uPCKsoXfmNSOpwWNAWqwTXN8S4ZBLWVo=\n\npersonr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a\n42\nuWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=\n\n— personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
                     *       "salt": "q1fVw3tM0c9m2m1l6v2oZ0Z3m8r7k5y1n4b6d8f0h2I="
                     *     }
                     */
                    "application/json": components["schemas"]["ReceiptView"];
                    /**
                     * @example <!doctype html>
                     *     <html lang="en">…</html>
                     */
                    "text/html": string;
                    /**
                     * @example c2sp.org/tlog-proof@v1
                     *     index 41
                     *     wgEHUmb83X2uPCKsoXfmNSOpwWNAWqwTXN8S4ZBLWVo=
                     *
                     *     personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a
                     *     42
                     *     uWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=
                     *
                     *     — personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
                     */
                    "text/plain": string;
                };
            };
            /** @description Bad Request: ID_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOT_FINISHED
                         * @enum {string}
                         */
                        code: "NOT_FINISHED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    releaseInstructionHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instruction.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "holdId": "01936d2b-9c22-7abc-8def-0123456789ab",
                 *       "reason": "GROUND_ENDED"
                 *     }
                 */
                "application/json": components["schemas"]["InstructionReleaseBody"];
            };
        };
        responses: {
            /** @description Released, now or for the same reason before. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "acceptedAt": "2026-11-24T18:00:00.000Z",
                     *       "agreementId": "01936d2b-7a00-7abc-8def-0123456789ab",
                     *       "allowedActs": [
                     *         "hold"
                     *       ],
                     *       "basis": "CONSUMER_REQUEST",
                     *       "deadlines": [
                     *         {
                     *           "code": "RESPONSE_45D",
                     *           "dueAt": "2027-01-08T07:59:59.999Z",
                     *           "lateFrom": "2027-01-08T08:00:00.000Z",
                     *           "metAt": null
                     *         }
                     *       ],
                     *       "erasedAt": null,
                     *       "final": false,
                     *       "finishedAt": null,
                     *       "flags": [],
                     *       "history": [
                     *         {
                     *           "at": "2026-11-24T18:00:00.000Z",
                     *           "event": "instruction.accepted",
                     *           "from": null,
                     *           "to": "RECEIVED"
                     *         }
                     *       ],
                     *       "hold": {
                     *         "citation": "31 CFR 1020.220(a)(3)",
                     *         "elements": [
                     *           "FULL_NAME",
                     *           "DOCUMENT_NUMBER"
                     *         ],
                     *         "endReason": "GROUND_ENDED",
                     *         "endedAt": "2026-12-01T09:30:00.000Z",
                     *         "endsAt": "2031-11-24T08:00:00.000Z",
                     *         "gone": [],
                     *         "ground": "EX_LEGAL",
                     *         "id": "01936d2b-9c22-7abc-8def-0123456789ab",
                     *         "instructionId": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *         "placedBy": "01936d2b-8b1c-7abc-8def-0123456789b1",
                     *         "reviewAt": null,
                     *         "startsAt": "2026-11-24T18:05:00.000Z",
                     *         "subjectId": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "holds": [],
                     *       "id": "01936d2b-9a10-7abc-8def-0123456789ab",
                     *       "instructorId": null,
                     *       "policyVersion": "2026-11-23.1",
                     *       "receiptUrl": null,
                     *       "sealedAt": null,
                     *       "state": "APPROVED",
                     *       "steps": [],
                     *       "subject": {
                     *         "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *       },
                     *       "type": "DELETE",
                     *       "unguessableAt": null,
                     *       "unguessableDueAt": null,
                     *       "unreadableAt": null,
                     *       "urgent": false
                     *     }
                     */
                    "application/json": components["schemas"]["HeldInstructionView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND, HOLD_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTION_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTION_NOT_FOUND" | "HOLD_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: HOLD_ENDED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example HOLD_ENDED
                         * @enum {string}
                         */
                        code: "HOLD_ENDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    acceptInstructions: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description SHA-256 of the whole (RFC 9530). Required with an `Idempotency-Key`.
                 * @example sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:
                 */
                "Content-Digest"?: string;
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Begun. What came of each line, line by line, then of the whole. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Bad Request: IDEMPOTENCY_KEY_MALFORMED, DIGEST_REQUIRED, VALIDATION_FAILED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_KEY_MALFORMED
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_KEY_MALFORMED" | "DIGEST_REQUIRED" | "VALIDATION_FAILED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listInstructors: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "apiClientId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "authority": [
                     *             "DELETE"
                     *           ],
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "kind": "PERSON",
                     *           "name": "text",
                     *           "revokedAt": "2026-11-24T18:00:00.000Z",
                     *           "role": "PRIVACY_OFFICER",
                     *           "validFrom": "2026-11-24T18:00:00.000Z",
                     *           "validTo": "2026-11-24T18:00:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["InstructorPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addInstructor: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "apiClientId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                 *       "authority": [
                 *         "DELETE"
                 *       ],
                 *       "kind": "PERSON",
                 *       "name": "Ida Invented",
                 *       "role": "PRIVACY_OFFICER",
                 *       "validFrom": "2026-11-24T18:00:00Z",
                 *       "validTo": "2026-11-24T18:00:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["InstructorBody"];
            };
        };
        responses: {
            /** @description Authorised. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "apiClientId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "authority": [
                     *         "DELETE"
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "kind": "PERSON",
                     *       "name": "text",
                     *       "revokedAt": "2026-11-24T18:00:00.000Z",
                     *       "role": "PRIVACY_OFFICER",
                     *       "validFrom": "2026-11-24T18:00:00.000Z",
                     *       "validTo": "2026-11-24T18:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["InstructorView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND, INSTRUCTOR_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example API_CLIENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "API_CLIENT_NOT_FOUND" | "INSTRUCTOR_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findInstructor: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instructor.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "apiClientId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "authority": [
                     *         "DELETE"
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "kind": "PERSON",
                     *       "name": "text",
                     *       "revokedAt": "2026-11-24T18:00:00.000Z",
                     *       "role": "PRIVACY_OFFICER",
                     *       "validFrom": "2026-11-24T18:00:00.000Z",
                     *       "validTo": "2026-11-24T18:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["InstructorView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTOR_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTOR_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTOR_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    revokeInstructor: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the instructor.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, now or before. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "apiClientId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "authority": [
                     *         "DELETE"
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "kind": "PERSON",
                     *       "name": "text",
                     *       "revokedAt": "2026-11-24T18:00:00.000Z",
                     *       "role": "PRIVACY_OFFICER",
                     *       "validFrom": "2026-11-24T18:00:00.000Z",
                     *       "validTo": "2026-11-24T18:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["InstructorView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTOR_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INSTRUCTOR_NOT_FOUND
                         * @enum {string}
                         */
                        code: "INSTRUCTOR_NOT_FOUND";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readMetrics: {
        parameters: {
            query: {
                /**
                 * @description The calendar year.
                 * @example 2026
                 */
                year: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-01-01T08:00:00.000Z",
                     *       "to": "2027-01-01T08:00:00.000Z",
                     *       "types": [
                     *         {
                     *           "cancelled": 0,
                     *           "compliedPart": 17,
                     *           "compliedWhole": 380,
                     *           "denied": 0,
                     *           "meanDays": 1.6,
                     *           "medianDays": 1,
                     *           "nothingHeld": 12,
                     *           "open": 3,
                     *           "received": 412,
                     *           "type": "DELETE"
                     *         }
                     *       ],
                     *       "year": 2026,
                     *       "zone": "America/Los_Angeles"
                     *     }
                     */
                    "application/json": components["schemas"]["MetricsView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listNotices: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "categories": [
                     *             "A"
                     *           ],
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "flags": [
                     *             "NOTICE_REVIEW_DUE"
                     *           ],
                     *           "houseVersion": "2026-11-24",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "inForce": false,
                     *           "inForceFrom": "2026-11-24T18:00:00.000Z",
                     *           "purposes": [
                     *             "IDENTITY_VERIFICATION"
                     *           ],
                     *           "reviewDueOn": "2027-11-23",
                     *           "version": "2026-11-23"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["NoticePageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addNotice: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "categories": [
                 *         "A",
                 *         "B"
                 *       ],
                 *       "purposes": [
                 *         "IDENTITY_VERIFICATION"
                 *       ],
                 *       "version": "2027-01-01"
                 *     }
                 */
                "application/json": components["schemas"]["NoticeBody"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "categories": [
                     *         "A"
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "flags": [
                     *         "NOTICE_REVIEW_DUE"
                     *       ],
                     *       "houseVersion": "2026-11-24",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "inForce": false,
                     *       "inForceFrom": "2026-11-24T18:00:00.000Z",
                     *       "purposes": [
                     *         "IDENTITY_VERIFICATION"
                     *       ],
                     *       "reviewDueOn": "2027-11-23",
                     *       "version": "2026-11-23"
                     *     }
                     */
                    "application/json": components["schemas"]["NoticeView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: NOTICE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOTICE_NOT_FOUND
                         * @enum {string}
                         */
                        code: "NOTICE_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE, NOTICE_NOT_LATER */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CATEGORY_NOT_IN_NOTICE
                         * @enum {string}
                         */
                        code: "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "NOTICE_NOT_LATER";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    findNotice: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the version.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "categories": [
                     *         "A"
                     *       ],
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "flags": [
                     *         "NOTICE_REVIEW_DUE"
                     *       ],
                     *       "houseVersion": "2026-11-24",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "inForce": false,
                     *       "inForceFrom": "2026-11-24T18:00:00.000Z",
                     *       "purposes": [
                     *         "IDENTITY_VERIFICATION"
                     *       ],
                     *       "reviewDueOn": "2027-11-23",
                     *       "version": "2026-11-23"
                     *     }
                     */
                    "application/json": components["schemas"]["NoticeView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: NOTICE_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example NOTICE_NOT_FOUND
                         * @enum {string}
                         */
                        code: "NOTICE_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readPolicy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The edition in force. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "edition": 0,
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "values": {
                     *         "ackBusinessDays": 10,
                     *         "ackCalendar": "EARLIEST_OF_BOTH",
                     *         "agentNaturalPerson": true,
                     *         "answerChannel": "SAME_AS_REQUEST",
                     *         "approval": "AUTOMATIC",
                     *         "backupErasure": "IMMEDIATE",
                     *         "cannotComplyNoticeBusinessDays": 5,
                     *         "categoriesVerification": "REASONABLE",
                     *         "consentRequired": false,
                     *         "contractExecutionDays": 30,
                     *         "deadlineZone": "America/Los_Angeles",
                     *         "deleteScope": "ALL_HELD",
                     *         "deleteVerification": "BY_SENSITIVITY",
                     *         "enabledTypes": [
                     *           "DELETE",
                     *           "EXPORT",
                     *           "RETURN"
                     *         ],
                     *         "exceptionSet": [
                     *           "EX_TRANSACTION",
                     *           "EX_SECURITY",
                     *           "EX_DEBUG",
                     *           "EX_SPEECH_OR_RIGHT",
                     *           "EX_CALECPA",
                     *           "EX_RESEARCH",
                     *           "EX_INTERNAL",
                     *           "EX_LEGAL",
                     *           "EX_COURT",
                     *           "EX_INQUIRY",
                     *           "EX_CLAIMS",
                     *           "EX_EMERGENCY",
                     *           "EX_LE_DIRECTION",
                     *           "EX_PRIVILEGE",
                     *           "EX_MEDICAL",
                     *           "EX_FCRA",
                     *           "EX_GLBA",
                     *           "EX_DPPA",
                     *           "EX_HOUSEHOLD",
                     *           "EX_OTHERS",
                     *           "EX_UNVERIFIED",
                     *           "EX_UNFOUNDED"
                     *         ],
                     *         "knowLimitCount": 2,
                     *         "knowLimitMonths": 12,
                     *         "knowLimitScope": "SPECIFIC_PIECES",
                     *         "lookback": "REQUESTED",
                     *         "lookbackFloor": "2022-01-01",
                     *         "maxDays": 90,
                     *         "packageExpiryDays": 7,
                     *         "piecesVerification": "REASONABLY_HIGH",
                     *         "recordMonths": 24,
                     *         "requireSosRegistration": false,
                     *         "responseDays": 45,
                     *         "rollOnHoliday": false,
                     *         "subprocessorConfirmDays": 15,
                     *         "suppressionDays": 30,
                     *         "transferReminderDays": [
                     *           3,
                     *           7,
                     *           14
                     *         ]
                     *       },
                     *       "version": "2026-11-23.1"
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    changePolicy: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of what the change was made against.
                 * @example text
                 */
                "If-Match": string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "values": {
                 *         "consentRequired": true,
                 *         "contractExecutionDays": 14
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PolicyBody"];
            };
        };
        responses: {
            /** @description The next edition, in force. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "edition": 0,
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "values": {
                     *         "ackBusinessDays": 10,
                     *         "ackCalendar": "EARLIEST_OF_BOTH",
                     *         "agentNaturalPerson": true,
                     *         "answerChannel": "SAME_AS_REQUEST",
                     *         "approval": "AUTOMATIC",
                     *         "backupErasure": "IMMEDIATE",
                     *         "cannotComplyNoticeBusinessDays": 5,
                     *         "categoriesVerification": "REASONABLE",
                     *         "consentRequired": false,
                     *         "contractExecutionDays": 30,
                     *         "deadlineZone": "America/Los_Angeles",
                     *         "deleteScope": "ALL_HELD",
                     *         "deleteVerification": "BY_SENSITIVITY",
                     *         "enabledTypes": [
                     *           "DELETE",
                     *           "EXPORT",
                     *           "RETURN"
                     *         ],
                     *         "exceptionSet": [
                     *           "EX_TRANSACTION",
                     *           "EX_SECURITY",
                     *           "EX_DEBUG",
                     *           "EX_SPEECH_OR_RIGHT",
                     *           "EX_CALECPA",
                     *           "EX_RESEARCH",
                     *           "EX_INTERNAL",
                     *           "EX_LEGAL",
                     *           "EX_COURT",
                     *           "EX_INQUIRY",
                     *           "EX_CLAIMS",
                     *           "EX_EMERGENCY",
                     *           "EX_LE_DIRECTION",
                     *           "EX_PRIVILEGE",
                     *           "EX_MEDICAL",
                     *           "EX_FCRA",
                     *           "EX_GLBA",
                     *           "EX_DPPA",
                     *           "EX_HOUSEHOLD",
                     *           "EX_OTHERS",
                     *           "EX_UNVERIFIED",
                     *           "EX_UNFOUNDED"
                     *         ],
                     *         "knowLimitCount": 2,
                     *         "knowLimitMonths": 12,
                     *         "knowLimitScope": "SPECIFIC_PIECES",
                     *         "lookback": "REQUESTED",
                     *         "lookbackFloor": "2022-01-01",
                     *         "maxDays": 90,
                     *         "packageExpiryDays": 7,
                     *         "piecesVerification": "REASONABLY_HIGH",
                     *         "recordMonths": 24,
                     *         "requireSosRegistration": false,
                     *         "responseDays": 45,
                     *         "rollOnHoliday": false,
                     *         "subprocessorConfirmDays": 15,
                     *         "suppressionDays": 30,
                     *         "transferReminderDays": [
                     *           3,
                     *           7,
                     *           14
                     *         ]
                     *       },
                     *       "version": "2026-11-23.1"
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Precondition Failed: PRECONDITION_FAILED */
            412: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_FAILED
                         * @enum {string}
                         */
                        code: "PRECONDITION_FAILED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: POLICY_BELOW_LAW */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example POLICY_BELOW_LAW
                         * @enum {string}
                         */
                        code: "POLICY_BELOW_LAW";
                    };
                };
            };
            /** @description Precondition Required: PRECONDITION_REQUIRED */
            428: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example PRECONDITION_REQUIRED
                         * @enum {string}
                         */
                        code: "PRECONDITION_REQUIRED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listPolicyVersions: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "edition": 0,
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "values": {
                     *             "ackBusinessDays": 10,
                     *             "ackCalendar": "EARLIEST_OF_BOTH",
                     *             "agentNaturalPerson": true,
                     *             "answerChannel": "SAME_AS_REQUEST",
                     *             "approval": "AUTOMATIC",
                     *             "backupErasure": "IMMEDIATE",
                     *             "cannotComplyNoticeBusinessDays": 5,
                     *             "categoriesVerification": "REASONABLE",
                     *             "consentRequired": false,
                     *             "contractExecutionDays": 30,
                     *             "deadlineZone": "America/Los_Angeles",
                     *             "deleteScope": "ALL_HELD",
                     *             "deleteVerification": "BY_SENSITIVITY",
                     *             "enabledTypes": [
                     *               "DELETE",
                     *               "EXPORT",
                     *               "RETURN"
                     *             ],
                     *             "exceptionSet": [
                     *               "EX_TRANSACTION",
                     *               "EX_SECURITY",
                     *               "EX_DEBUG",
                     *               "EX_SPEECH_OR_RIGHT",
                     *               "EX_CALECPA",
                     *               "EX_RESEARCH",
                     *               "EX_INTERNAL",
                     *               "EX_LEGAL",
                     *               "EX_COURT",
                     *               "EX_INQUIRY",
                     *               "EX_CLAIMS",
                     *               "EX_EMERGENCY",
                     *               "EX_LE_DIRECTION",
                     *               "EX_PRIVILEGE",
                     *               "EX_MEDICAL",
                     *               "EX_FCRA",
                     *               "EX_GLBA",
                     *               "EX_DPPA",
                     *               "EX_HOUSEHOLD",
                     *               "EX_OTHERS",
                     *               "EX_UNVERIFIED",
                     *               "EX_UNFOUNDED"
                     *             ],
                     *             "knowLimitCount": 2,
                     *             "knowLimitMonths": 12,
                     *             "knowLimitScope": "SPECIFIC_PIECES",
                     *             "lookback": "REQUESTED",
                     *             "lookbackFloor": "2022-01-01",
                     *             "maxDays": 90,
                     *             "packageExpiryDays": 7,
                     *             "piecesVerification": "REASONABLY_HIGH",
                     *             "recordMonths": 24,
                     *             "requireSosRegistration": false,
                     *             "responseDays": 45,
                     *             "rollOnHoliday": false,
                     *             "subprocessorConfirmDays": 15,
                     *             "suppressionDays": 30,
                     *             "transferReminderDays": [
                     *               3,
                     *               7,
                     *               14
                     *             ]
                     *           },
                     *           "version": "2026-11-23.1"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listSubjects: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "beingErased": false,
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "residency": "text",
                     *           "role": "SERVICE_PROVIDER"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["SubjectPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    admitSubject: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdmitBody"];
            };
        };
        responses: {
            /** @description Known already; what was sent is added. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "records": [
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "FULL_NAME",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ac"
                     *         },
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "DOCUMENT_NUMBER",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ad"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AdmittedView"];
                };
            };
            /** @description Taken in. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "records": [
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "FULL_NAME",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ac"
                     *         },
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "DOCUMENT_NUMBER",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ad"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AdmittedView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED";
                    };
                };
            };
            /** @description Not Found: CONSENT_NOT_FOUND, SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONSENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "CONSENT_NOT_FOUND" | "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, TENANT_LEAVING, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "TENANT_LEAVING" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE, AGREEMENT_NOT_IN_FORCE, CONSENT_MISSING, CONSENT_WITHDRAWN, CONSENT_IN_FUTURE, ROLE_NOT_OF_TENANT */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "AGREEMENT_NOT_IN_FORCE" | "CONSENT_MISSING" | "CONSENT_WITHDRAWN" | "CONSENT_IN_FUTURE" | "ROLE_NOT_OF_TENANT";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readInventory: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is held. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "beingErased": false,
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "elements": [
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "count": 1,
                     *           "element": "FULL_NAME",
                     *           "purpose": "IDENTITY_VERIFICATION",
                     *           "sensitive": "NO",
                     *           "source": "CLIENT_OR_AGENT"
                     *         }
                     *       ],
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "residency": "text",
                     *       "role": "SERVICE_PROVIDER"
                     *     }
                     */
                    "application/json": components["schemas"]["InventoryView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listConsents: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "givenAt": "2026-11-24T18:00:00.000Z",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "policy": "PRIVACY_POLICY",
                     *           "version": "2026-01",
                     *           "withdrawnAt": "2026-11-24T18:00:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    giveConsent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "givenAt": "2026-11-20T09:00:00Z",
                 *       "policy": "PRIVACY_POLICY",
                 *       "version": "2026-01"
                 *     }
                 */
                "application/json": components["schemas"]["ConsentBody"];
            };
        };
        responses: {
            /** @description On record. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "givenAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "policy": "PRIVACY_POLICY",
                     *       "version": "2026-01",
                     *       "withdrawnAt": "2026-11-24T18:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: CONSENT_NOT_FOUND, SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONSENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "CONSENT_NOT_FOUND" | "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, TENANT_LEAVING, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "TENANT_LEAVING" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: AGREEMENT_NOT_IN_FORCE, CONSENT_IN_FUTURE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_NOT_IN_FORCE
                         * @enum {string}
                         */
                        code: "AGREEMENT_NOT_IN_FORCE" | "CONSENT_IN_FUTURE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    withdrawConsent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the consent.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                consentId: string;
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "withdrawnAt": "2026-11-24T12:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["WithdrawalBody"];
            };
        };
        responses: {
            /** @description Withdrawn, now or before. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-24T18:00:00.000Z",
                     *       "givenAt": "2026-11-24T18:00:00.000Z",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "policy": "PRIVACY_POLICY",
                     *       "version": "2026-01",
                     *       "withdrawnAt": "2026-11-24T18:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: CONSENT_NOT_FOUND, SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONSENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "CONSENT_NOT_FOUND" | "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_BEING_ERASED
                         * @enum {string}
                         */
                        code: "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: CONSENT_IN_FUTURE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONSENT_IN_FUTURE
                         * @enum {string}
                         */
                        code: "CONSENT_IN_FUTURE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    listDocuments: {
        parameters: {
            query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Those that holds on this ground kept from an erasure, which are in no other list; 403 `PURPOSE_NOT_PERMITTED` when there is no such hold.
                 * @example EX_TRANSACTION
                 */
                ground?: components["schemas"]["ExceptionGround"];
                /**
                 * @description How many items a page has at most.
                 * @example 50
                 */
                limit?: number;
            };
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "categories": [
                     *             "H"
                     *           ],
                     *           "collectedAt": "2026-11-24T18:00:00.000Z",
                     *           "consentId": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "contentType": "image/jpeg",
                     *           "createdAt": "2026-11-24T18:00:00.000Z",
                     *           "element": "SELFIE",
                     *           "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *           "purpose": "IDENTITY_VERIFICATION",
                     *           "sizeBytes": 204800,
                     *           "source": "CLIENT_OR_AGENT"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["DocumentPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example VALIDATION_FAILED
                         * @enum {string}
                         */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addDocument: {
        parameters: {
            query: {
                /**
                 * @description When the value was collected.
                 * @example 2026-11-23T18:00:00Z
                 */
                collectedAt: string;
                /**
                 * @description The consent it is taken in under, where the policy wants one.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                consentId?: string;
                /**
                 * @description What kind of document it is; its categories follow from it.
                 * @example FULL_NAME
                 */
                element: components["schemas"]["ElementCode"];
                /**
                 * @description What the value may be used for.
                 * @example IDENTITY_VERIFICATION
                 */
                purpose: components["schemas"]["PurposeCode"];
                /**
                 * @description Where the value came from.
                 * @example CLIENT_OR_AGENT
                 */
                source: components["schemas"]["SourceCode"];
            };
            header?: {
                /**
                 * @description SHA-256 of the body (RFC 9530). A body that is another is refused. Required with an `Idempotency-Key`.
                 * @example sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:
                 */
                "Content-Digest"?: string;
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example text */
                "*/*": string;
            };
        };
        responses: {
            /** @description Taken in, whole. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "categories": [
                     *         "H"
                     *       ],
                     *       "contentType": "image/jpeg",
                     *       "element": "SELFIE",
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab",
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "sizeBytes": 204800
                     *     }
                     */
                    "application/json": components["schemas"]["TakenDocumentView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, BODY_INCOMPLETE, DIGEST_REQUIRED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "BODY_INCOMPLETE" | "DIGEST_REQUIRED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND, CONSENT_NOT_FOUND, DOCUMENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND" | "CONSENT_NOT_FOUND" | "DOCUMENT_NOT_FOUND";
                    };
                };
            };
            /** @description Request Timeout: BODY_STALLED */
            408: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_STALLED
                         * @enum {string}
                         */
                        code: "BODY_STALLED";
                    };
                };
            };
            /** @description Conflict: SUBJECT_BEING_ERASED, IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, TENANT_LEAVING, SUPPRESSED_REINGEST */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_BEING_ERASED
                         * @enum {string}
                         */
                        code: "SUBJECT_BEING_ERASED" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "TENANT_LEAVING" | "SUPPRESSED_REINGEST";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE, AGREEMENT_NOT_IN_FORCE, CONSENT_MISSING, CONSENT_WITHDRAWN, CONSENT_IN_FUTURE, ROLE_NOT_OF_TENANT, DIGEST_MISMATCH, DOCUMENT_EMPTY */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "AGREEMENT_NOT_IN_FORCE" | "CONSENT_MISSING" | "CONSENT_WITHDRAWN" | "CONSENT_IN_FUTURE" | "ROLE_NOT_OF_TENANT" | "DIGEST_MISMATCH" | "DOCUMENT_EMPTY";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED, UPLOADS_FULL */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED" | "UPLOADS_FULL";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, UPLOAD_INTERRUPTED, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "UPLOAD_INTERRUPTED" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readDocument: {
        parameters: {
            query: {
                /**
                 * @description A purpose; or the ground of a hold, and what is read is what its holds kept from an erasure. For any other purpose that is refused, 403 `RESTRICTED_BY_HOLD`.
                 * @example IDENTITY_VERIFICATION
                 */
                purpose: components["schemas"]["ReadPurpose"];
            };
            header?: {
                /**
                 * @description An `ETag`; `Range` counts only while it is that of the document.
                 * @example text
                 */
                "If-Range"?: string;
                /**
                 * @description One range of bytes (RFC 9110, section 14). Several are answered by the whole.
                 * @example bytes=0-1023
                 */
                Range?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the document.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                documentId: string;
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    /**
                     * @description Always `bytes`.
                     * @example bytes
                     */
                    "Accept-Ranges"?: string;
                    /**
                     * @description Always `attachment`.
                     * @example attachment
                     */
                    "Content-Disposition"?: string;
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /**
                     * @description SHA-256 of the whole document (RFC 9530).
                     * @example sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:
                     */
                    "Repr-Digest"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "*/*": string;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    /**
                     * @description Always `bytes`.
                     * @example bytes
                     */
                    "Accept-Ranges"?: string;
                    /**
                     * @description Always `attachment`.
                     * @example attachment
                     */
                    "Content-Disposition"?: string;
                    /**
                     * @description Which part it is, of how much.
                     * @example bytes 0-1023/204800
                     */
                    "Content-Range"?: string;
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /**
                     * @description SHA-256 of the whole document (RFC 9530).
                     * @example sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:
                     */
                    "Repr-Digest"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "*/*": string;
                };
            };
            /** @description Bad Request: ID_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ID_MALFORMED
                         * @enum {string}
                         */
                        code: "ID_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED, RESTRICTED_BY_HOLD */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED" | "RESTRICTED_BY_HOLD";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND, DOCUMENT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND" | "DOCUMENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: SUBJECT_BEING_ERASED, TENANT_LEAVING */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_BEING_ERASED
                         * @enum {string}
                         */
                        code: "SUBJECT_BEING_ERASED" | "TENANT_LEAVING";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Range Not Satisfiable: RANGE_NOT_SATISFIABLE */
            416: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RANGE_NOT_SATISFIABLE
                         * @enum {string}
                         */
                        code: "RANGE_NOT_SATISFIABLE";
                    };
                };
            };
            /** @description Unprocessable Entity: AGREEMENT_NOT_IN_FORCE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example AGREEMENT_NOT_IN_FORCE
                         * @enum {string}
                         */
                        code: "AGREEMENT_NOT_IN_FORCE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: SEAL_BROKEN, OBJECT_MISSING, INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SEAL_BROKEN
                         * @enum {string}
                         */
                        code: "SEAL_BROKEN" | "OBJECT_MISSING" | "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    addRecords: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.
                 * @example cust-4711-2026-11-24
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "records": [
                 *         {
                 *           "collectedAt": "2026-11-23T18:00:00Z",
                 *           "element": "FULL_NAME",
                 *           "purpose": "IDENTITY_VERIFICATION",
                 *           "source": "CLIENT_OR_AGENT",
                 *           "value": "Ada Invented"
                 *         },
                 *         {
                 *           "collectedAt": "2026-11-23T18:00:00Z",
                 *           "element": "DOCUMENT_NUMBER",
                 *           "purpose": "IDENTITY_VERIFICATION",
                 *           "source": "CLIENT_OR_AGENT",
                 *           "value": "X0000042"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AddRecordsBody"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "records": [
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "FULL_NAME",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ac"
                     *         },
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "element": "DOCUMENT_NUMBER",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ad"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AddedRecordsView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED";
                    };
                };
            };
            /** @description Not Found: CONSENT_NOT_FOUND, SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONSENT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "CONSENT_NOT_FOUND" | "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, TENANT_LEAVING, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example IDEMPOTENCY_CONFLICT
                         * @enum {string}
                         */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "TENANT_LEAVING" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE, AGREEMENT_NOT_IN_FORCE, CONSENT_MISSING, CONSENT_WITHDRAWN, CONSENT_IN_FUTURE, ROLE_NOT_OF_TENANT */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "AGREEMENT_NOT_IN_FORCE" | "CONSENT_MISSING" | "CONSENT_WITHDRAWN" | "CONSENT_IN_FUTURE" | "ROLE_NOT_OF_TENANT";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    readRecords: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path: {
                /**
                 * @description Our id of the subject.
                 * @example 01936d2b-8b1c-7abc-8def-0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "elements": [
                 *         "FULL_NAME",
                 *         "DOCUMENT_NUMBER"
                 *       ],
                 *       "purpose": "IDENTITY_VERIFICATION"
                 *     }
                 */
                "application/json": components["schemas"]["ReadBody"];
            };
        };
        responses: {
            /** @description The values. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "records": [
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "collectedAt": "2026-11-23T18:00:00Z",
                     *           "element": "FULL_NAME",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ac",
                     *           "purpose": "IDENTITY_VERIFICATION",
                     *           "source": "CLIENT_OR_AGENT",
                     *           "value": "Ada Invented"
                     *         },
                     *         {
                     *           "categories": [
                     *             "A",
                     *             "B"
                     *           ],
                     *           "collectedAt": "2026-11-23T18:00:00Z",
                     *           "element": "DOCUMENT_NUMBER",
                     *           "id": "01936d2b-8b20-7abc-8def-0123456789ad",
                     *           "purpose": "IDENTITY_VERIFICATION",
                     *           "source": "CLIENT_OR_AGENT",
                     *           "value": "X0000042"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OpenedRecordsView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED, RESTRICTED_BY_HOLD */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED" | "RESTRICTED_BY_HOLD";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: TENANT_LEAVING, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example TENANT_LEAVING
                         * @enum {string}
                         */
                        code: "TENANT_LEAVING" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEY_SHREDDED
                         * @enum {string}
                         */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, AGREEMENT_NOT_IN_FORCE */
            422: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example ELEMENT_UNKNOWN
                         * @enum {string}
                         */
                        code: "ELEMENT_UNKNOWN" | "AGREEMENT_NOT_IN_FORCE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    importSubjects: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Begun. What came of each line, line by line, then of the whole. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SERVICE_UNAVAILABLE
                         * @enum {string}
                         */
                        code: "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
    lookupSubject: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.
                 * @example 5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10
                 */
                "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookupBody"];
            };
        };
        responses: {
            /** @description Whom it leads to. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01936d2b-8b1c-7abc-8def-0123456789ab"
                     *     }
                     */
                    "application/json": components["schemas"]["FoundView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_MALFORMED
                         * @enum {string}
                         */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CREDENTIAL_MISSING
                         * @enum {string}
                         */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SCOPE_MISSING
                         * @enum {string}
                         */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_NOT_FOUND
                         * @enum {string}
                         */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: SUBJECT_AMBIGUOUS */
            409: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example SUBJECT_AMBIGUOUS
                         * @enum {string}
                         */
                        code: "SUBJECT_AMBIGUOUS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example BODY_TOO_LARGE
                         * @enum {string}
                         */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example CONTENT_TYPE_UNSUPPORTED
                         * @enum {string}
                         */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example RATE_LIMITED
                         * @enum {string}
                         */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example INTERNAL
                         * @enum {string}
                         */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE, RESTORE_REPLAY_PENDING */
            503: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /**
                         * @example KEYRING_INCOMPLETE
                         * @enum {string}
                         */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE" | "RESTORE_REPLAY_PENDING";
                    };
                };
            };
        };
    };
}
