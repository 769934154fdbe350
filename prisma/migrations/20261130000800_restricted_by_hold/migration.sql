-- What an erasure left standing because of a hold is used for the ground of the hold alone (R-78): reads, lists and lookups
-- ask for it, subject by subject.
CREATE INDEX "hold_restricting" ON "hold"("tenant_id", "subject_id") WHERE cardinality("restricted_elements") > 0;
