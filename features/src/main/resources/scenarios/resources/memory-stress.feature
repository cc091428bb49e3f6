@mission @memory-stress @needs-chaos-mesh
Feature: A container that runs out of memory is restarted
  Memory that a neighbour inside the container takes counts against the container's limit. Past it the kernel ends the
  container, and Kubernetes starts it again.

  Scenario: One of three pods is stressed beyond its memory limit
    Given the sample app runs with 3 replicas behind a Service
    And the healer is on
    And users send 100 requests per second
    And users are served steadily for 1 s
    When one pod is stressed with 200 MiB of memory for 1 min
    Then the fault bites within 20 s
    And the workload recovers within 40 s
    And status, connectivity, performance and dependencies are verified within 50 s
    And it was healed by Kubernetes
    And at most 10 % of the users' requests fail
    And nothing but the target has changed
    And nothing is left behind
