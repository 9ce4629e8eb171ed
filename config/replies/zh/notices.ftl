## 主动通知

error-never-fires = 这个时间永远不会到来。您想什么时候收到？
