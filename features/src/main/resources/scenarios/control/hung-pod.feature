@mission @control
Feature: A hung pod comes back only by the healer
  The negative control. A process that hangs and has no liveness probe is taken out of the Service and stays out: Kubernetes
  alone does not heal it. If this scenario saw a recovery without the healer, no recovery that Kintsugi reports
  could be believed.

  Scenario: One of three pods hangs, without and with the healer
    Given the sample app runs with 3 replicas behind a Service and no liveness probe
    And the healer is off
    And users send 100 requests per second
    And users are served steadily for 1 s
    When one pod hangs
    Then the fault bites within 10 s
    And the workload does not recover within 12 s
    When the healer is switched on
    Then the workload recovers within 60 s
    And it was healed by healer
    And status, connectivity, performance and dependencies are verified within 75 s
    And nothing but the target has changed
    And nothing is left behind
