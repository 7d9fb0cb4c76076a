metadata description = 'Who is told when events are stuck, receivers fail widely, deliveries are late, or the database runs full.'

@description('Suffix of resource names.')
param suffix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address that alerts are mailed to.')
param email string

@description('Log Analytics workspace that the rules query.')
param workspaceId string

@description('Resource id of the PostgreSQL server.')
param databaseServerId string

@description('Share of attempts in a quarter of an hour, in percent, that may fail.')
@minValue(1)
@maxValue(100)
param failurePercent int

@description('Age in seconds that the oldest pending delivery may have.')
@minValue(60)
param oldestPendingSeconds int

// Below this many attempts in a quarter of an hour, one failing receiver would be an alert.
var attemptsForRate = 100

var queryRules = [
  {
    name: 'poison-queue'
    severity: 1
    description: 'A message was moved to a poison queue: an event or a delivery is not being processed.'
    // The host, and the app where it refuses an event at once, write a line that names the poison queue.
    query: '''
      AppTraces
      | where SeverityLevel >= 2
      | where Message has_any ("webhook-events-poison", "webhook-deliveries-poison")
    '''
  }
  {
    name: 'failure-rate'
    severity: 2
    description: 'More than ${failurePercent} % of the attempts in a quarter of an hour failed.'
    query: format(
      '''
      AppMetrics
      | where Name == "webhooks.attempts"
      | summarize Failed = sumif(Sum, tostring(Properties.outcome) != "succeeded"), Attempts = sum(Sum)
      | where Attempts >= {0} and Failed * 100 > Attempts * {1}
      ''',
      attemptsForRate,
      failurePercent
    )
  }
  {
    name: 'oldest-pending'
    severity: 1
    description: 'A delivery has been pending for more than ${oldestPendingSeconds} s: longer than its attempts can take.'
    query: format(
      '''
      AppMetrics
      | where Name == "webhooks.deliveries.oldest_pending"
      | summarize Oldest = max(Max)
      | where Oldest > {0}
      ''',
      oldestPendingSeconds
    )
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-webhooks-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'webhooks'
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in queryRules: {
    name: 'webhooks-${rule.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Webhooks: ${rule.name}'
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [operators.id] }
    }
  }
]

resource databaseStorage 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'webhooks-database-storage-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The database uses more than 85 % of its storage. A full server refuses writes.'
    enabled: true
    severity: 1
    scopes: [databaseServerId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'storage'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'storage_percent'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 85
        }
      ]
    }
    actions: [{ actionGroupId: operators.id }]
  }
}
