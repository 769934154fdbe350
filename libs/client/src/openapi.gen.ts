// Made by `npm run ops -- openapi --write` from openapi.json. Not edited by hand.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Take the public keys that verify access tokens */
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
        /** Learn where and how to sign in */
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
        /** Does the process run? */
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
        /** Can it work, and if not, why? */
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
         *     (`private_key_jwt`, RFC 7523): EdDSA, ES256 or RS256; `iss` and `sub` are the client id, `aud` is the issuer of
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
    "/v1/api-clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List clients, newest first */
        get: operations["listApiClients"];
        put?: never;
        /** Register a client, with a secret or with keys of its own */
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
        /** See a client */
        get: operations["findApiClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the name, scopes or keys of a client */
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
        /** Revoke a client for good; its tokens are refused from now on */
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
        /** Replace the secret of a client; the one before stays good for a while */
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
        /** Take a secret away, at once */
        delete: operations["removeClientSecret"];
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
        /** Take the newest signed checkpoint of your log */
        get: operations["readCheckpoint"];
        put?: never;
        post?: never;
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
        /** List instructions, newest first */
        get: operations["listInstructions"];
        put?: never;
        /** Forward a written instruction */
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
        /** See how far an instruction is */
        get: operations["findInstruction"];
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
        /** Take the receipt of an instruction that has ended */
        get: operations["readReceipt"];
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
        /** List subjects, newest first */
        get: operations["listSubjects"];
        put?: never;
        /** Take a person in, or add to one */
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
        /** See what is held about a person, without values */
        get: operations["readInventory"];
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
        /** Add values to a person */
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
        /** Open values for a named purpose; the log says so */
        post: operations["readRecords"];
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
        /** Find a person by who it is */
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
        AddedRecordsView: {
            records: components["schemas"]["TakenRecordView"][];
        };
        AddRecordsBody: {
            records: components["schemas"]["RecordBody"][];
        };
        AdmitBody: {
            /**
             * @description The Business's own reference for the person.
             * @example cust-4711
             */
            externalId: string;
            identities?: components["schemas"]["IdentityBody"][];
            records?: components["schemas"]["RecordBody"][];
            /**
             * @description ISO 3166-2 code of the residence.
             * @example US-CA
             */
            residency?: string;
            /**
             * @description Whose data it is. Data we hold as a Business is not taken in here.
             * @enum {string}
             */
            role?: "SERVICE_PROVIDER";
        };
        AdmittedView: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            records?: components["schemas"]["TakenRecordView"][];
        };
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
            items: components["schemas"]["ApiClientView"][];
            nextCursor: string | null;
        };
        ApiClientView: {
            authMethod: components["schemas"]["AuthMethod"];
            /** @description What it names itself at the token endpoint. */
            clientId: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            jwks: components["schemas"]["KeySetView"] | null;
            /** Format: uri */
            jwksUri: string | null;
            name: string;
            /** Format: date-time */
            revokedAt: string | null;
            scopes: components["schemas"]["Scope"][];
            /** @description Those that are good now, newest first. */
            secrets: components["schemas"]["ClientSecretView"][];
        };
        /** @enum {string} */
        AuthMethod: "client_secret_basic" | "private_key_jwt";
        /** @enum {string} */
        Basis: "CONSUMER_REQUEST" | "END_OF_PURPOSE" | "AGREEMENT_END" | "DROP";
        /** @enum {string} */
        Category: "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L";
        ClientSecretView: {
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null until it is replaced.
             */
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
        };
        ConsumerRequestBody: {
            manner: components["schemas"]["Manner"];
            nature: components["schemas"]["InstructionType"];
            /** Format: date-time */
            receivedAt: string;
        };
        CreatedApiClientView: {
            authMethod: components["schemas"]["AuthMethod"];
            /** @description What it names itself at the token endpoint. */
            clientId: string;
            /** @description Only of a client that signs in with a secret. Shown once, in the first answer to the request that made it: it is kept nowhere, so a replay of the Idempotency-Key answers without it. */
            clientSecret?: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            jwks: components["schemas"]["KeySetView"] | null;
            /** Format: uri */
            jwksUri: string | null;
            name: string;
            /** Format: date-time */
            revokedAt: string | null;
            scopes: components["schemas"]["Scope"][];
            /** @description Those that are good now, newest first. */
            secrets: components["schemas"]["ClientSecretView"][];
        };
        CreatedSecretView: {
            /** @description Shown once, in the first answer to the request that made it: it is kept nowhere, so a replay of the Idempotency-Key answers without it. */
            clientSecret?: string;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null until it is replaced.
             */
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
        };
        DeadlineView: {
            /** @example RESPONSE_45D */
            code: string;
            /**
             * Format: date-time
             * @description The last moment in time.
             */
            dueAt: string;
            /**
             * Format: date-time
             * @description The first moment too late.
             */
            lateFrom: string;
            /** Format: date-time */
            metAt: string | null;
        };
        /**
         * @description What kind of value it is; its categories follow from it.
         * @enum {string}
         */
        ElementCode: "FULL_NAME" | "POSTAL_ADDRESS" | "DATE_OF_BIRTH" | "EMAIL_ADDRESS" | "PHONE_NUMBER" | "IP_ADDRESS" | "EXTERNAL_ID" | "SSN" | "DRIVERS_LICENSE_NUMBER" | "STATE_ID_NUMBER" | "DOCUMENT_TYPE" | "DOCUMENT_COUNTRY" | "DOCUMENT_EXPIRY" | "DOCUMENT_NUMBER" | "MRZ" | "BARCODE_CONTENTS" | "DOCUMENT_SECURITY_FEATURES" | "SIGNATURE" | "BANK_ACCOUNT_NUMBER" | "CARD_HOLDER" | "CARD_EXPIRY" | "CARD_FIRST_SIX_LAST_FOUR" | "SOURCE_OF_FUNDS" | "AGE_OVER_40" | "CITIZENSHIP" | "PERSONAL_PROPERTY" | "FACE_TEMPLATE" | "ACCESS_HISTORY" | "SERVICE_INTERACTION" | "SELFIE" | "VIDEO" | "SOUND" | "DOCUMENT_FACE_PICTURE" | "OCCUPATION" | "EMPLOYMENT" | "VACCINATION_CERTIFICATE" | "TEST_CERTIFICATE" | "RECOVERY_CERTIFICATE" | "LIVENESS_SCORE" | "MATCH_SCORE" | "FRAUD_SCORE" | "LIST_HIT" | "GEOLOCATION" | "EDUCATION_RECORD" | "INFERENCE_PROFILE";
        FoundView: {
            /** Format: uuid */
            id: string;
        };
        IdentityBody: {
            type: components["schemas"]["IdentityType"];
            /** @example ada@invented.example */
            value: string;
        };
        /** @enum {string} */
        IdentityType: "EMAIL" | "PHONE" | "DOCUMENT_NUMBER";
        InstructionBody: {
            basis: components["schemas"]["Basis"];
            /** @description Of basis CONSUMER_REQUEST. */
            consumerRequest?: components["schemas"]["ConsumerRequestBody"];
            /** @description Everything when left out. */
            scope?: components["schemas"]["ScopeBody"];
            subject: components["schemas"]["SubjectBody"];
            type: components["schemas"]["InstructionType"];
            /** @description Of basis CONSUMER_REQUEST. */
            verification?: components["schemas"]["VerificationBody"];
            /** @description Missing writing is refused: INSTRUCTION_NOT_WRITTEN. */
            writing?: components["schemas"]["WritingBody"];
        };
        InstructionPageView: {
            items: components["schemas"]["InstructionSummaryView"][];
            nextCursor: string | null;
        };
        /** @enum {string} */
        InstructionState: "RECEIVED" | "REJECTED" | "ACKNOWLEDGED" | "AWAITING_VERIFICATION" | "VERIFIED" | "SCOPED" | "NO_DATA" | "UNDER_REVIEW" | "AWAITING_FEE" | "ON_HOLD" | "APPROVED" | "QUEUED" | "PACKAGING" | "DELIVERING" | "AWAITING_TRANSFER_ACK" | "APPLYING" | "ERASING" | "ERASING_BACKUPS" | "AWAITING_SUBPROCESSORS" | "VERIFYING_ERASURE" | "RESPONDING" | "DENIED" | "RESPONDED" | "COMPLETED" | "COMPLETED_WITH_EXCEPTIONS" | "CLOSED_DENIED" | "CLOSED_NO_DATA" | "CANCELLED";
        InstructionSummaryView: {
            /** Format: date-time */
            acceptedAt: string;
            basis: components["schemas"]["Basis"];
            /**
             * Format: date-time
             * @description When every store, read afresh, held nothing.
             */
            erasedAt: string | null;
            /** @description Whether it has ended. */
            final: boolean;
            /** Format: date-time */
            finishedAt: string | null;
            flags: string[];
            /** Format: uuid */
            id: string;
            /** @description Where the receipt is, once it has ended. */
            receiptUrl: string | null;
            /**
             * Format: date-time
             * @description From here on no older copy of anything can be read.
             */
            sealedAt: string | null;
            state: components["schemas"]["InstructionState"];
            subject: components["schemas"]["SubjectIdView"] | null;
            type: components["schemas"]["InstructionType"];
            /** Format: date-time */
            unreadableAt: string | null;
        };
        /** @enum {string} */
        InstructionType: "DELETE" | "EXPORT" | "RETURN" | "CORRECT" | "LIMIT" | "OPT_OUT";
        InstructionView: {
            /** Format: date-time */
            acceptedAt: string;
            /** @description What may be done with it now. */
            allowedActs: string[];
            basis: components["schemas"]["Basis"];
            /**
             * @description A repeat: this is the first instruction.
             * @enum {string}
             */
            code?: "ALREADY_ERASED";
            deadlines: components["schemas"]["DeadlineView"][];
            /**
             * Format: date-time
             * @description When every store, read afresh, held nothing.
             */
            erasedAt: string | null;
            /** @description Whether it has ended. */
            final: boolean;
            /** Format: date-time */
            finishedAt: string | null;
            flags: string[];
            history: components["schemas"]["TransitionView"][];
            /** Format: uuid */
            id: string;
            /** @description Where the receipt is, once it has ended. */
            receiptUrl: string | null;
            /**
             * Format: date-time
             * @description From here on no older copy of anything can be read.
             */
            sealedAt: string | null;
            state: components["schemas"]["InstructionState"];
            steps: components["schemas"]["StepView"][];
            subject: components["schemas"]["SubjectIdView"] | null;
            type: components["schemas"]["InstructionType"];
            /** Format: date-time */
            unreadableAt: string | null;
        };
        InventoryElementView: {
            /**
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            count: number;
            element: components["schemas"]["ElementCode"];
            purpose: components["schemas"]["PurposeCode"];
            /** @enum {string} */
            sensitive: "NO" | "YES" | "CONDITIONAL";
            source: components["schemas"]["SourceCode"];
        };
        InventoryView: {
            /** @description True from the start of an erasure on. */
            beingErased: boolean;
            /** Format: date-time */
            createdAt: string;
            elements: components["schemas"]["InventoryElementView"][];
            /** Format: uuid */
            id: string;
            residency: string | null;
            /** @enum {string} */
            role: "SERVICE_PROVIDER" | "BUSINESS";
        };
        JwksBody: {
            /** @description Ed25519, P-256 or RSA of 2048 to 4096 bits, each with a `kid` of its own. */
            keys: ({
                kid: string;
                /** @enum {string} */
                kty: "OKP" | "EC" | "RSA";
            } & {
                [key: string]: unknown;
            })[];
        };
        JwksView: {
            keys: components["schemas"]["TokenKeyView"][];
        };
        KeySetView: {
            keys: components["schemas"]["PublicKeyView"][];
        };
        LiveView: {
            /** @enum {string} */
            status: "LIVE";
        };
        /** @description Exactly one of the two. */
        LookupBody: {
            /** @example cust-4711 */
            externalId?: string;
            identity?: components["schemas"]["IdentityBody"];
        };
        /** @enum {string} */
        Manner: "EMAIL" | "WEB_FORM" | "PHONE" | "MAIL" | "IN_PERSON" | "ACCOUNT" | "LIVE_CHAT" | "OTHER";
        MemberProblemView: {
            /**
             * @description The rule that was broken.
             * @example matches
             */
            code: string;
            /** @description What the member must be. Never what was sent. */
            message: string;
            /**
             * @description JSON pointer (RFC 6901).
             * @example /records/0/element
             */
            pointer: string;
        };
        MetadataView: {
            grant_types_supported: "client_credentials"[];
            /**
             * Format: uri
             * @description The issuer identifier: `iss` and `aud` of access tokens, `aud` of assertions.
             * @example https://api.personr.example
             */
            issuer: string;
            /** Format: uri */
            jwks_uri: string;
            /** @description None: there is no authorization endpoint. */
            response_types_supported: string[];
            scopes_supported: components["schemas"]["Scope"][];
            /** Format: uri */
            service_documentation: string;
            /** Format: uri */
            token_endpoint: string;
            token_endpoint_auth_methods_supported: components["schemas"]["AuthMethod"][];
            token_endpoint_auth_signing_alg_values_supported: ("EdDSA" | "ES256" | "RS256")[];
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
        NewSecretBody: {
            /**
             * @description How long the secret before stays good, at most 30 days; 0 ends it at once.
             * @example 86400
             */
            overlapSeconds: number;
        };
        OpenedRecordsView: {
            records: components["schemas"]["OpenedRecordView"][];
        };
        OpenedRecordView: {
            /**
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            /** Format: date-time */
            collectedAt: string;
            element: components["schemas"]["ElementCode"];
            /** Format: uuid */
            id: string;
            purpose: components["schemas"]["PurposeCode"];
            source: components["schemas"]["SourceCode"];
            /** @description What was taken in. */
            value: string | number | boolean | unknown[] | {
                [key: string]: unknown;
            };
        };
        /**
         * @description What a program switches on. Never renamed, never reused.
         * @enum {string}
         */
        ProblemCode: "ID_MALFORMED" | "BODY_MALFORMED" | "BODY_TOO_LARGE" | "CONTENT_TYPE_UNSUPPORTED" | "REQUEST_MALFORMED" | "REQUEST_TIMED_OUT" | "HEADERS_TOO_LARGE" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED" | "JSON_NOT_CANONICAL" | "ROUTE_NOT_FOUND" | "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED" | "SCOPE_MISSING" | "GRANT_UNSUPPORTED" | "API_CLIENT_NOT_FOUND" | "API_CLIENT_REVOKED" | "CLIENT_SECRET_NOT_FOUND" | "CLIENT_SECRETS_FULL" | "CLIENT_METHOD_MISMATCH" | "CREDENTIAL_AMBIGUOUS" | "KEY_SET_REFUSED" | "LAST_ADMIN" | "SCOPE_NOT_GRANTABLE" | "IDEMPOTENCY_KEY_MALFORMED" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE" | "PURPOSE_NOT_PERMITTED" | "SUBJECT_NOT_FOUND" | "SUBJECT_AMBIGUOUS" | "SUBJECT_BEING_ERASED" | "ALREADY_ERASED" | "AGREEMENT_NOT_IN_FORCE" | "DOCUMENT_NOT_FOUND" | "LINE_MALFORMED" | "METHOD_NOT_ALLOWED" | "RATE_LIMITED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "INSTRUCTION_NOT_FOUND" | "INSTRUCTION_NOT_WRITTEN" | "INSTRUCTOR_NOT_AUTHORISED" | "TYPE_NOT_ENABLED" | "SCOPE_INVALID" | "RECEIPT_IN_FUTURE" | "NOT_VERIFIED" | "VERIFICATION_LEVEL_TOO_LOW" | "DECLARATION_MISSING" | "ILLEGAL_TRANSITION" | "NOT_FINISHED" | "KEY_SHREDDED" | "SEAL_BROKEN" | "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "ERASURE_INCOMPLETE" | "LEASE_LOST" | "ENTRY_TOO_LARGE" | "LOG_FORKED" | "PROOF_INVALID" | "NOTE_MALFORMED" | "KEY_MALFORMED" | "MIGRATION_EDITED" | "MIGRATION_FAILED" | "CONFIG_INVALID" | "SERVICE_UNAVAILABLE" | "INTERNAL";
        ProblemView: {
            /**
             * @description What a program switches on. Never renamed, never reused.
             * @example SUBJECT_NOT_FOUND
             */
            code: components["schemas"]["ProblemCode"];
            /** @example There is no such subject. */
            detail: string;
            errors?: components["schemas"]["MemberProblemView"][];
            /** @description The request id, as a URN. */
            instance: string;
            /** @example 404 */
            status: number;
            /** @example Not Found */
            title: string;
            /** @example urn:personr:problem:subject-not-found */
            type: string;
        };
        PublicKeyView: {
            /** @enum {string} */
            alg: "EdDSA" | "ES256" | "RS256";
            crv?: string;
            e?: string;
            kid: string;
            /** @enum {string} */
            kty: "OKP" | "EC" | "RSA";
            n?: string;
            x?: string;
            y?: string;
        };
        /** @enum {string} */
        PurposeCode: "IDENTITY_VERIFICATION" | "AML_CFT_COMPLIANCE" | "CLIENT_DUE_DILIGENCE" | "SECURITY_AND_FRAUD" | "LEGAL_OBLIGATION" | "INFORMATION_REQUEST" | "FORM_REQUEST" | "COMPLIANCE_MAIL" | "CANDIDATE_EVALUATION" | "CLIENT_RELATIONSHIP" | "CUSTOMER_ACCOUNT" | "DEMONSTRATION" | "WEBSITE_PREFERENCES" | "WEBSITE_CONTENT" | "WEBSITE_ADVERTISING" | "WEBSITE_FRAUD_PREVENTION" | "WEBSITE_ANALYTICS";
        ReadBody: {
            /**
             * @description All when left out.
             * @example [
             *       "FULL_NAME"
             *     ]
             */
            elements?: components["schemas"]["ElementCode"][];
            purpose: components["schemas"]["PurposeCode"];
        };
        ReadyView: {
            checks: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /** @enum {string} */
            status: "READY" | "NOT_READY";
        };
        ReceiptView: {
            body: {
                [key: string]: unknown;
            };
            /** @description Base64 of the log entry. */
            entry: string;
            /** @enum {string} */
            format: "personr.receipt/v1";
            /** @description The entry’s tlog-proof with the signed checkpoint. */
            proof: string;
            /** @description Base64 of 32 bytes. */
            salt: string;
        };
        RecordBody: {
            /**
             * Format: date-time
             * @example 2026-11-23T18:00:00Z
             */
            collectedAt: string;
            /**
             * @description What kind of value it is; its categories follow from it.
             * @example FULL_NAME
             */
            element: components["schemas"]["ElementCode"];
            purpose: components["schemas"]["PurposeCode"];
            source: components["schemas"]["SourceCode"];
            /**
             * @description Any JSON value but null, of at most 65,536 characters.
             * @example Ada Invented
             */
            value: string | number | boolean | unknown[] | {
                [key: string]: unknown;
            };
        };
        /** @enum {string} */
        Scope: "subjects:read" | "subjects:write" | "values:read" | "packages:read" | "instructions:read" | "instructions:write" | "instructions:approve" | "evidence:read" | "admin";
        ScopeBody: {
            /**
             * @example [
             *       "SELFIE",
             *       "FACE_TEMPLATE"
             *     ]
             */
            elements: components["schemas"]["ElementCode"][];
        };
        /** @enum {string} */
        SourceCode: "CLIENT_OR_AGENT" | "CONSUMER_DIRECT" | "WEBSITE" | "DATA_PROVIDER";
        StepView: {
            done: number;
            name: string;
            /** @enum {string} */
            state: "STARTED" | "DONE";
            total: number;
        };
        /** @description Exactly one of the three. */
        SubjectBody: {
            /** @example cust-4711 */
            externalId?: string;
            /** Format: uuid */
            id?: string;
            identities?: components["schemas"]["IdentityBody"][];
        };
        SubjectIdView: {
            /** Format: uuid */
            id: string;
        };
        SubjectPageView: {
            items: components["schemas"]["SubjectView"][];
            nextCursor: string | null;
        };
        SubjectView: {
            /** @description True from the start of an erasure on. */
            beingErased: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            residency: string | null;
            /** @enum {string} */
            role: "SERVICE_PROVIDER" | "BUSINESS";
        };
        TakenRecordView: {
            /**
             * @example [
             *       "A",
             *       "B"
             *     ]
             */
            categories: components["schemas"]["Category"][];
            element: components["schemas"]["ElementCode"];
            /** Format: uuid */
            id: string;
        };
        TokenBody: {
            /** @description For `private_key_jwt`: a JWT (RFC 7523, section 3) that the client signed. Good once. */
            client_assertion?: string;
            /**
             * @description For `private_key_jwt`.
             * @enum {string}
             */
            client_assertion_type?: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            /** @description The client id. Needed by neither way to sign in; when it is sent, it names the same client. */
            client_id?: string;
            /** @enum {string} */
            grant_type: "client_credentials";
            /**
             * @description Scopes, separated by single blanks; all that the client holds when left out. There are subjects:read, subjects:write, values:read, packages:read, instructions:read, instructions:write, instructions:approve, evidence:read, admin.
             * @example subjects:read instructions:write
             */
            scope?: string;
        };
        TokenKeyView: {
            /** @enum {string} */
            alg: "ES256";
            /** @enum {string} */
            crv: "P-256";
            /** @description Its RFC 7638 thumbprint. The header of a token names it. */
            kid: string;
            /** @enum {string} */
            kty: "EC";
            /** @enum {string} */
            use: "sig";
            x: string;
            y: string;
        };
        TokenView: {
            /** @description A JWT (RFC 9068), to be sent as `Authorization: Bearer`. What it grants ends with the client: a revoked one is refused at once. */
            access_token: string;
            /**
             * @description Seconds.
             * @example 600
             */
            expires_in: number;
            /** @description What the token may do, separated by blanks. */
            scope: string;
            /**
             * Format: uuid
             * @description Whose data it reaches.
             */
            tenant: string;
            /** @enum {string} */
            token_type: "Bearer";
        };
        TransitionView: {
            /** Format: date-time */
            at: string;
            event: string;
            /** @description Null for the first. */
            from: string | null;
            to: components["schemas"]["InstructionState"];
        };
        VerificationBody: {
            /** @description Whether a declaration signed under penalty of perjury is on record (Reg. 7062(c)). */
            declaration?: boolean;
            level: components["schemas"]["VerificationLevel"];
            method: components["schemas"]["VerificationMethod"];
            points?: components["schemas"]["VerificationPoint"][];
            /** Format: date-time */
            verifiedAt: string;
        };
        /** @enum {string} */
        VerificationLevel: "NONE" | "REASONABLE" | "REASONABLY_HIGH";
        /** @enum {string} */
        VerificationMethod: "ACCOUNT_REAUTH" | "DATA_POINT_MATCH" | "DOCUMENT_MATCH" | "FACE_MATCH" | "IN_PERSON";
        /** @enum {string} */
        VerificationPoint: "FULL_NAME" | "POSTAL_ADDRESS" | "EMAIL" | "PHONE" | "DATE_OF_BIRTH" | "DOCUMENT_NUMBER" | "EXTERNAL_ID" | "ACCOUNT" | "CARD_LAST_FOUR" | "FACE_MATCH";
        WritingBody: {
            /** @description SHA-256 of the signed document, in hex. */
            documentSha256?: string | null;
            /**
             * Format: uuid
             * @description An authorised instructor; the registration of the credential itself when left out.
             */
            instructorId?: string | null;
            /** @example Erase everything held about this customer. */
            text?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readTokenKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A key set (RFC 7517). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jwk-set+json": components["schemas"]["JwksView"];
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    readAuthorizationServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metadata (RFC 8414). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataView"];
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveView"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can work. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyView"];
                };
            };
            /** @description It cannot; `checks` says what is down. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyView"];
                };
            };
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, GRANT_UNSUPPORTED, CREDENTIAL_AMBIGUOUS */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "GRANT_UNSUPPORTED" | "CREDENTIAL_AMBIGUOUS";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    listApiClients: {
        parameters: {
            query?: {
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    createApiClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters. */
                "Idempotency-Key"?: string;
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
                    /**
                     * @description The edition, for If-Match.
                     * @example "3"
                     */
                    ETag?: string;
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiClientView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: KEY_SET_REFUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEY_SET_REFUSED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    findApiClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the client (the part of `clientId` after the dot). */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    /**
                     * @description The edition, for If-Match.
                     * @example "3"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    changeApiClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what the change was made against. */
                "If-Match": string;
            };
            path: {
                /** @description Our id of the client (the part of `clientId` after the dot). */
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
                    /**
                     * @description The edition, for If-Match.
                     * @example "3"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED, BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED" | "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: API_CLIENT_REVOKED, CLIENT_METHOD_MISMATCH, LAST_ADMIN */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_REVOKED" | "CLIENT_METHOD_MISMATCH" | "LAST_ADMIN";
                    };
                };
            };
            /** @description Precondition Failed: PRECONDITION_FAILED */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "PRECONDITION_FAILED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: KEY_SET_REFUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEY_SET_REFUSED";
                    };
                };
            };
            /** @description Precondition Required: PRECONDITION_REQUIRED */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "PRECONDITION_REQUIRED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    revokeApiClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the client (the part of `clientId` after the dot). */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, now or before. */
            200: {
                headers: {
                    /**
                     * @description The edition, for If-Match.
                     * @example "3"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: LAST_ADMIN */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "LAST_ADMIN";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    addClientSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Our id of the client (the part of `clientId` after the dot). */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSecretBody"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedSecretView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, SCOPE_NOT_GRANTABLE */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING" | "SCOPE_NOT_GRANTABLE";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND, CLIENT_SECRET_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND" | "CLIENT_SECRET_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, API_CLIENT_REVOKED, CLIENT_METHOD_MISMATCH, CLIENT_SECRETS_FULL */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "API_CLIENT_REVOKED" | "CLIENT_METHOD_MISMATCH" | "CLIENT_SECRETS_FULL";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    removeClientSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the client (the part of `clientId` after the dot). */
                id: string;
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: API_CLIENT_NOT_FOUND, CLIENT_SECRET_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "API_CLIENT_NOT_FOUND" | "CLIENT_SECRET_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: LAST_ADMIN */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "LAST_ADMIN";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    readCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A signed note (C2SP tlog-checkpoint). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED */
            409: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "NOT_FINISHED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    listInstructions: {
        parameters: {
            query?: {
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                limit?: number;
                state?: components["schemas"]["InstructionState"];
                type?: components["schemas"]["InstructionType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    acceptInstruction: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters. */
                "Idempotency-Key"?: string;
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
                    /** @description Where the instruction is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Accepted; it is carried out by itself. */
            202: {
                headers: {
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    /** @description Where the instruction is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, INSTRUCTOR_NOT_AUTHORISED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING" | "INSTRUCTOR_NOT_AUTHORISED";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, SUBJECT_AMBIGUOUS, NOT_VERIFIED, VERIFICATION_LEVEL_TOO_LOW, DECLARATION_MISSING */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "SUBJECT_AMBIGUOUS" | "NOT_VERIFIED" | "VERIFICATION_LEVEL_TOO_LOW" | "DECLARATION_MISSING";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, INSTRUCTION_NOT_WRITTEN, TYPE_NOT_ENABLED, SCOPE_INVALID, RECEIPT_IN_FUTURE */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ELEMENT_UNKNOWN" | "INSTRUCTION_NOT_WRITTEN" | "TYPE_NOT_ENABLED" | "SCOPE_INVALID" | "RECEIPT_IN_FUTURE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    findInstruction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the instruction. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    readReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the instruction. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt; for `Accept: text/plain` its tlog-proof alone (C2SP). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiptView"];
                    "text/plain": string;
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: INSTRUCTION_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INSTRUCTION_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: NOT_FINISHED */
            409: {
                headers: {
                    /** @description Seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "NOT_FINISHED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    listSubjects: {
        parameters: {
            query?: {
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectPageView"];
                };
            };
            /** @description Bad Request: VALIDATION_FAILED, UNKNOWN_MEMBER, CURSOR_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "CURSOR_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    admitSubject: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters. */
                "Idempotency-Key"?: string;
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
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdmittedView"];
                };
            };
            /** @description Taken in. */
            201: {
                headers: {
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdmittedView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    readInventory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the subject. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is held. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InventoryView"];
                };
            };
            /** @description Bad Request: ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    addRecords: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Our id of the subject. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddRecordsBody"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    /** @description Present when the answer repeats an earlier one of the same key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedRecordsView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, IDEMPOTENCY_KEY_MALFORMED, ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "IDEMPOTENCY_KEY_MALFORMED" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN, CATEGORY_NOT_IN_NOTICE, PURPOSE_NOT_IN_NOTICE */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ELEMENT_UNKNOWN" | "CATEGORY_NOT_IN_NOTICE" | "PURPOSE_NOT_IN_NOTICE";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    readRecords: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Our id of the subject. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadBody"];
            };
        };
        responses: {
            /** @description The values. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedRecordsView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER, ID_MALFORMED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER" | "ID_MALFORMED";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING, PURPOSE_NOT_PERMITTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING" | "PURPOSE_NOT_PERMITTED";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: SUBJECT_BEING_ERASED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_BEING_ERASED";
                    };
                };
            };
            /** @description Gone: KEY_SHREDDED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEY_SHREDDED";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Unprocessable Entity: ELEMENT_UNKNOWN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "ELEMENT_UNKNOWN";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
    lookupSubject: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundView"];
                };
            };
            /** @description Bad Request: BODY_MALFORMED, VALIDATION_FAILED, UNKNOWN_MEMBER */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_MALFORMED" | "VALIDATION_FAILED" | "UNKNOWN_MEMBER";
                    };
                };
            };
            /** @description Unauthorized: CREDENTIAL_MISSING, CREDENTIAL_INVALID, TOKEN_EXPIRED */
            401: {
                headers: {
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CREDENTIAL_MISSING" | "CREDENTIAL_INVALID" | "TOKEN_EXPIRED";
                    };
                };
            };
            /** @description Forbidden: SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SCOPE_MISSING";
                    };
                };
            };
            /** @description Not Found: SUBJECT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_NOT_FOUND";
                    };
                };
            };
            /** @description Conflict: SUBJECT_AMBIGUOUS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "SUBJECT_AMBIGUOUS";
                    };
                };
            };
            /** @description Payload Too Large: BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description Unsupported Media Type: CONTENT_TYPE_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "CONTENT_TYPE_UNSUPPORTED";
                    };
                };
            };
            /** @description Too Many Requests: RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "RATE_LIMITED";
                    };
                };
            };
            /** @description Internal Server Error: INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "INTERNAL";
                    };
                };
            };
            /** @description Service Unavailable: KEYRING_INCOMPLETE, KEYRING_UNSAFE, KEY_STORE_STALE, SERVICE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemView"] & {
                        /** @enum {string} */
                        code: "KEYRING_INCOMPLETE" | "KEYRING_UNSAFE" | "KEY_STORE_STALE" | "SERVICE_UNAVAILABLE";
                    };
                };
            };
        };
    };
}
