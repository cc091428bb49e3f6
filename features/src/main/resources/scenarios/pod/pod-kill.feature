@mission @pod-kill
Feature: A killed pod is replaced
  A pod that dies at once is the most common failure there is. Kubernetes replaces it by itself; what is asked here
  is how long that takes, and how many users notice.

  Scenario: One of three pods is killed
    Given the sample app runs with 3 replicas behind a Service
    And the healer is on
    And users send 100 requests per second
    And users are served steadily for 1 s
    When one pod is killed
    Then the fault bites within 10 s
    And the workload recovers within 30 s
    And status, connectivity, performance and dependencies are verified within 40 s
    And it was healed by Kubernetes
    And at most 5 % of the users' requests fail
    And nothing but the target has changed
    And nothing is left behind
