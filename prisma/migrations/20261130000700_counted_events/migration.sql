-- What somebody may cause as often as they like, counted for one interval. The first few have an entry each; when the
-- interval is over, one entry tells of all the others, and the row goes. Ids, codes and routes of the contract only.
CREATE TABLE "counted_event" (
    "tenant_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "client_id" UUID NOT NULL,
    "route" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "known" BOOLEAN NOT NULL,
    "singly" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "counted_event_pkey" PRIMARY KEY ("tenant_id","event","client_id","route","code","from_at")
);
-- The relay looks over all tenants for intervals that are over.
CREATE INDEX "counted_event_due" ON "counted_event"("until_at");

ALTER TABLE counted_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE counted_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON counted_event TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (count), DELETE ON counted_event TO personr_app;
GRANT SELECT (tenant_id, until_at) ON counted_event TO personr_relay;
CREATE POLICY relay_sees ON counted_event FOR SELECT TO personr_relay USING (true);
