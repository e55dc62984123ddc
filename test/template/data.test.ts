import { describe, expect, it } from "vitest";
import { resourcesOf } from "./reading.ts";
import { synthesize, template } from "./synthesized.ts";

describe("the table", () => {
  const [table] = resourcesOf(template(), "AWS::DynamoDB::Table");

  it("is the only one", () => {
    template().resourceCountIs("AWS::DynamoDB::Table", 1);
  });

  it("can be restored to any second, is encrypted and refuses deletion", () => {
    expect(table?.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  it("is paid by request", () => {
    expect(table?.Properties.BillingMode).toBe("PAY_PER_REQUEST");
  });

  it("expires items by expires_at and streams both images of a change", () => {
    expect(table?.Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: "expires_at", Enabled: true },
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
  });

  it("has three indexes that hold keys only", () => {
    const index = (name: string) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: `${name}PK`, KeyType: "HASH" },
        { AttributeName: `${name}SK`, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    });
    expect(table?.Properties.GlobalSecondaryIndexes).toEqual([index("GSI1"), index("GSI2"), index("GSI3")]);
  });
});

describe("the data", () => {
  const holders = ["AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"];

  it.each(holders)("outlives the stack: %s", (type) => {
    const resources = resourcesOf(template(), type);
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) {
      expect(resource).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  });

  it("goes with the stack when the settings say so", () => {
    const destroyed = synthesize({ removalPolicy: "destroy", deletionProtection: false });
    for (const resource of holders.flatMap((type) => resourcesOf(destroyed, type))) {
      expect(resource.DeletionPolicy).toBe("Delete");
    }
    destroyed.hasResourceProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled: false });
  });
});
