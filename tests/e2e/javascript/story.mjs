// Calls the service as a program in JavaScript would, and prints what it was told. The environment has the
// endpoint and the credentials, as the SDK reads them by itself.
import {
  CreateScheduledAuditCommand,
  DescribeAccountAuditConfigurationCommand,
  DescribeAuditTaskCommand,
  IoTClient,
  paginateListScheduledAudits,
  StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
} from "@aws-sdk/client-iot";

const LOGGING = "LOGGING_DISABLED_CHECK";
const client = new IoTClient({ maxAttempts: 1 });

try {
  await client.send(
    new UpdateAccountAuditConfigurationCommand({
      roleArn: "arn:aws:iam::000000000000:role/FleetAudit",
      auditCheckConfigurations: { [LOGGING]: { enabled: true } },
    }),
  );
  const configuration = await client.send(new DescribeAccountAuditConfigurationCommand({}));
  for (const name of ["one", "two", "three"]) {
    await client.send(
      new CreateScheduledAuditCommand({ scheduledAuditName: name, frequency: "DAILY", targetCheckNames: [LOGGING] }),
    );
  }
  const names = [];
  for await (const page of paginateListScheduledAudits({ client, pageSize: 1 }, {})) {
    names.push(...page.scheduledAudits.map((each) => each.scheduledAuditName));
  }
  const started = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [LOGGING] }));
  const task = await client.send(new DescribeAuditTaskCommand({ taskId: started.taskId }));
  let missing;
  try {
    await client.send(new DescribeAuditTaskCommand({ taskId: "of-nobody" }));
  } catch (error) {
    missing = error.name;
  }
  console.log(
    JSON.stringify({
      enabled: configuration.auditCheckConfigurations[LOGGING].enabled,
      names,
      taskType: task.taskType,
      missing,
    }),
  );
} catch (error) {
  console.log(JSON.stringify({ refused: error.name, status: error.$metadata?.httpStatusCode }));
}
