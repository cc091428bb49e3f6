Feature: Every fault bites and goes
  Each that the language has and no other scenario uses. The duration is longer than the scenario, so that taking it back is tried too.

  Scenario: The container of a pod is killed
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When the container of one pod is killed
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod fails
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When one pod fails for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod is short of CPU
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When one pod is stressed with 10 % of a CPU for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod loses packets and is slow
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When one pod loses 30 % of what it sends, and the rest is delayed by 200 ms, for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod is slow
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When what one pod sends is delayed by 300 ms for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod's packets are damaged
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When 60 % of what one pod sends is corrupted for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod has a narrow way out
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When what one pod sends is held to 20 KiB per second for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod is cut off
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When one pod is cut off for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: Requests to a pod are aborted
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When requests to one pod are aborted for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: Requests to a pod are late
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When requests to one pod are delayed by 400 ms for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod answers with an error
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When one pod answers every request with status 503 for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod's answers are altered
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When the answers of one pod get one more header for 60 s
    Then the fault bites within 20 s
    And nothing is left behind

  Scenario: A pod's packets come twice, which nobody outside can see
    Given the sample app runs with 2 replicas behind a Service
    And users send 20 requests per second
    And users are served steadily for 1 s
    When 50 % of what one pod sends is duplicated for 60 s
    Then the fault bites within 1 s
