@mission @network-loss @needs-chaos-mesh @needs-netem
Feature: A pod behind a lossy network is replaced
  Packets that get lost make requests late long before they make them fail. The readiness probe, which takes the same
  path, takes the pod out of the Service; nothing in Kubernetes ever brings it back. The healer replaces it.

  Scenario: One of three pods loses nine tenths of its packets
    Given the sample app runs with 3 replicas behind a Service and no liveness probe
    And the healer is on
    And users send 100 requests per second
    And users are served steadily for 1 s
    When one pod loses 90 % of what it sends for 2 min
    Then the fault bites within 15 s
    And the workload recovers within 60 s
    And status, connectivity, performance and dependencies are verified within 75 s
    And it was healed by healer
    And at most 30 % of the users' requests fail
    And nothing but the target has changed
    And nothing is left behind
